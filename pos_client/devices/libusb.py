"""`UsbBackend` on libusb-1.0, which the system brings (Debian: `libusb-1.0-0`).

UNTESTED ON HARDWARE. It is typed and reviewed against libusb's documentation, and the code above it is tried with a
double of this backend; nobody has plugged a printer in yet.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
from collections.abc import Iterator
from contextlib import contextmanager

from pos_client.devices.usb import UsbFacts, UsbPipe

_PRINTER_CLASS = 0x07
_BULK, _IN, _KIND = 0x02, 0x80, 0x03
_TIMED_OUT, _NO_DEVICE, _ACCESS, _BUSY = -7, -4, -3, -6
_ERRNO = {_NO_DEVICE: errno.ENODEV, _ACCESS: errno.EACCES, _BUSY: errno.EBUSY}
_CHUNK = 4096
_TEXT = 256


class _DeviceDescriptor(ctypes.Structure):
    _fields_ = (
        ("bLength", ctypes.c_uint8),
        ("bDescriptorType", ctypes.c_uint8),
        ("bcdUSB", ctypes.c_uint16),
        ("bDeviceClass", ctypes.c_uint8),
        ("bDeviceSubClass", ctypes.c_uint8),
        ("bDeviceProtocol", ctypes.c_uint8),
        ("bMaxPacketSize0", ctypes.c_uint8),
        ("idVendor", ctypes.c_uint16),
        ("idProduct", ctypes.c_uint16),
        ("bcdDevice", ctypes.c_uint16),
        ("iManufacturer", ctypes.c_uint8),
        ("iProduct", ctypes.c_uint8),
        ("iSerialNumber", ctypes.c_uint8),
        ("bNumConfigurations", ctypes.c_uint8),
    )


class _Endpoint(ctypes.Structure):
    _fields_ = (
        ("bLength", ctypes.c_uint8),
        ("bDescriptorType", ctypes.c_uint8),
        ("bEndpointAddress", ctypes.c_uint8),
        ("bmAttributes", ctypes.c_uint8),
        ("wMaxPacketSize", ctypes.c_uint16),
        ("bInterval", ctypes.c_uint8),
        ("bRefresh", ctypes.c_uint8),
        ("bSynchAddress", ctypes.c_uint8),
        ("extra", ctypes.c_void_p),
        ("extra_length", ctypes.c_int),
    )


class _InterfaceDescriptor(ctypes.Structure):
    _fields_ = (
        ("bLength", ctypes.c_uint8),
        ("bDescriptorType", ctypes.c_uint8),
        ("bInterfaceNumber", ctypes.c_uint8),
        ("bAlternateSetting", ctypes.c_uint8),
        ("bNumEndpoints", ctypes.c_uint8),
        ("bInterfaceClass", ctypes.c_uint8),
        ("bInterfaceSubClass", ctypes.c_uint8),
        ("bInterfaceProtocol", ctypes.c_uint8),
        ("iInterface", ctypes.c_uint8),
        ("endpoint", ctypes.POINTER(_Endpoint)),
        ("extra", ctypes.c_void_p),
        ("extra_length", ctypes.c_int),
    )


class _Interface(ctypes.Structure):
    _fields_ = (
        ("altsetting", ctypes.POINTER(_InterfaceDescriptor)),
        ("num_altsetting", ctypes.c_int),
    )


class _Configuration(ctypes.Structure):
    _fields_ = (
        ("bLength", ctypes.c_uint8),
        ("bDescriptorType", ctypes.c_uint8),
        ("wTotalLength", ctypes.c_uint16),
        ("bNumInterfaces", ctypes.c_uint8),
        ("bConfigurationValue", ctypes.c_uint8),
        ("iConfiguration", ctypes.c_uint8),
        ("bmAttributes", ctypes.c_uint8),
        ("MaxPower", ctypes.c_uint8),
        ("interface", ctypes.POINTER(_Interface)),
        ("extra", ctypes.c_void_p),
        ("extra_length", ctypes.c_int),
    )


class LibUsb:
    """The system's libusb; OSError if there is none."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("usb-1.0")
        if name is None:
            raise OSError(errno.ENOENT, "libusb-1.0 is not installed")
        self._library = ctypes.CDLL(name)
        self._library.libusb_get_device_list.restype = ctypes.c_ssize_t
        self._context = ctypes.c_void_p()
        self._check(self._library.libusb_init(ctypes.byref(self._context)))

    def devices(self) -> tuple[UsbFacts, ...]:
        """All that are plugged in."""
        with self._listed() as found:
            return tuple(self._facts(device) for device in found)

    def open(self, vendor: int, product: int, serial: str) -> UsbPipe:
        """The first device with these numbers."""
        with self._listed() as found:
            for device in found:
                facts = self._facts(device)
                same = (facts.vendor, facts.product) == (vendor, product)
                if same and serial in {"", facts.serial}:
                    return self._pipe(device)
        raise OSError(errno.ENODEV, "no such USB device")

    @contextmanager
    def _listed(self) -> Iterator[list[ctypes.c_void_p]]:
        devices = ctypes.POINTER(ctypes.c_void_p)()
        count = self._library.libusb_get_device_list(self._context, ctypes.byref(devices))
        self._check(count)
        try:
            yield [ctypes.c_void_p(devices[place]) for place in range(count)]
        finally:
            self._library.libusb_free_device_list(devices, 1)

    def _facts(self, device: ctypes.c_void_p) -> UsbFacts:
        said = _DeviceDescriptor()
        self._check(self._library.libusb_get_device_descriptor(device, ctypes.byref(said)))
        place = self._printer_interface(device)
        return UsbFacts(
            said.idVendor,
            said.idProduct,
            self._text(device, said.iSerialNumber),
            printer=place is not None,
        )

    def _text(self, device: ctypes.c_void_p, index: int) -> str:
        handle = ctypes.c_void_p()
        if not index or self._library.libusb_open(device, ctypes.byref(handle)) < 0:
            return ""  # without the right to open it, its serial number stays unknown
        try:
            text = ctypes.create_string_buffer(_TEXT)
            length = self._library.libusb_get_string_descriptor_ascii(handle, index, text, _TEXT)
            return text.raw[: max(length, 0)].decode("ascii", errors="replace")
        finally:
            self._library.libusb_close(handle)

    def _printer_interface(self, device: ctypes.c_void_p) -> tuple[int, int, int] | None:
        """Interface and its two bulk endpoints (out, in; in is 0 where there is none); None if it is no printer."""
        said = ctypes.POINTER(_Configuration)()
        if self._library.libusb_get_active_config_descriptor(device, ctypes.byref(said)) < 0:
            return None
        try:
            for number in range(said.contents.bNumInterfaces):
                face = said.contents.interface[number].altsetting[0]
                if face.bInterfaceClass == _PRINTER_CLASS:
                    return _endpoints(face)
            return None
        finally:
            self._library.libusb_free_config_descriptor(said)

    def _pipe(self, device: ctypes.c_void_p) -> UsbPipe:
        place = self._printer_interface(device)
        if place is None:
            raise OSError(errno.ENODEV, "the USB device is no printer")
        handle = ctypes.c_void_p()
        self._check(self._library.libusb_open(device, ctypes.byref(handle)))
        try:
            # usblp has claimed it where it is loaded; it comes back when the till lets go.
            self._library.libusb_set_auto_detach_kernel_driver(handle, 1)
            self._check(self._library.libusb_claim_interface(handle, place[0]))
        except OSError:
            self._library.libusb_close(handle)
            raise
        return _Pipe(self._library, handle, place)

    def _check(self, code: int) -> None:
        _check(code)


class _Pipe:
    def __init__(
        self, library: ctypes.CDLL, handle: ctypes.c_void_p, place: tuple[int, int, int]
    ) -> None:
        self._library = library
        self._handle = handle
        self._interface, self._out, self._in = place

    def write(self, data: bytes, seconds: float) -> int:
        """Hand octets over."""
        return len(self._transfer(self._out, ctypes.create_string_buffer(data, len(data)), seconds))

    def read(self, seconds: float) -> bytes:
        """What it says within this time."""
        if not self._in:
            return b""
        return self._transfer(self._in, ctypes.create_string_buffer(_CHUNK), seconds)

    def close(self) -> None:
        """Let it go."""
        self._library.libusb_release_interface(self._handle, self._interface)
        self._library.libusb_close(self._handle)

    def _transfer(self, endpoint: int, room: ctypes.Array[ctypes.c_char], seconds: float) -> bytes:
        moved = ctypes.c_int(0)
        # A timeout of 0 would wait for ever.
        milliseconds = max(round(seconds * 1000), 1)
        code = self._library.libusb_bulk_transfer(
            self._handle,
            ctypes.c_ubyte(endpoint),
            room,
            len(room),
            ctypes.byref(moved),
            milliseconds,
        )
        if code != _TIMED_OUT:
            _check(code)
        return room.raw[: moved.value]


def _endpoints(face: _InterfaceDescriptor) -> tuple[int, int, int] | None:
    out = into = 0
    for number in range(face.bNumEndpoints):
        endpoint = face.endpoint[number]
        if endpoint.bmAttributes & _KIND != _BULK:
            continue
        if endpoint.bEndpointAddress & _IN:
            into = into or endpoint.bEndpointAddress
        else:
            out = out or endpoint.bEndpointAddress
    return (face.bInterfaceNumber, out, into) if out else None


def _check(code: int) -> None:
    if code < 0:
        raise OSError(_ERRNO.get(code, errno.EIO), f"libusb says {code}")


class SystemUsb:
    """libusb as far as this system has it: without it there is nothing to be found, and opening says so."""

    def devices(self) -> tuple[UsbFacts, ...]:
        """All that are plugged in; OSError without libusb."""
        return LibUsb().devices()

    def open(self, vendor: int, product: int, serial: str) -> UsbPipe:
        """The first device with these numbers."""
        return LibUsb().open(vendor, product, serial)
