"""Receipt printers that speak ESC/POS. Knows neither receipts nor the queue: bytes out, status back."""
