"""What pages are drawn with: style sheet, fonts and icons, read once per process.

Addresses of files carry a hash of the content, so browsers may keep them for ever.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup, escape

from shared.errors import DomainError

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_FILES = (
    "web/favicon.svg",
    "web/office.js",
    "web/course.js",
    "web/screens.css",
    "web/pages.css",
    "web/uplot/uplot.min.js",
    "web/uplot/uplot.min.css",
    "fonts/inter/inter-latin-wght-normal.woff2",
    "fonts/inter/inter-latin-ext-wght-normal.woff2",
)
_STYLE = "app.css"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>')
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """The files by their hashed names, and the icons' paths by name."""

    hashed: Mapping[str, str]
    files: Mapping[str, Asset]
    icons: Mapping[str, str]

    def url(self, name: str) -> str:
        """The address of a file."""
        return f"/static/{self.hashed[name]}"

    def icon(self, name: str, extra: str = "") -> Markup:
        """An icon that says nothing by itself: the word stands beside it."""
        paths = Markup(self.icons[name])  # noqa: S704 - our own file
        return Markup(
            '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>'
        ).format(escape(extra), paths)


def load_assets(resources: Path = RESOURCES) -> Assets:
    """Everything from `resources`; the style sheet with the design tokens before it."""
    files = [_asset(Path(name).name, (resources / name).read_bytes()) for name in _FILES]
    tokens = tomllib.loads((resources / "design/tokens.toml").read_text(encoding="utf-8"))
    style = style_of_tokens(tokens) + (resources / "web" / _STYLE).read_text(encoding="utf-8")
    for file in files:
        original = re.sub(r"\.[0-9a-f]{12}(\.\w+)$", r"\1", file.name)
        style = style.replace(f"url({original})", f"url({file.name})")
    files.append(_asset(_STYLE, style.encode()))
    names = [*(Path(name).name for name in _FILES), _STYLE]
    icons = (resources / "icons/tabler/outline.svg").read_text(encoding="utf-8")
    return Assets(
        hashed={name: file.name for name, file in zip(names, files, strict=True)},
        files={file.name: file for file in files},
        icons=dict(_SYMBOL.findall(icons)),
    )


def _asset(name: str, content: bytes) -> Asset:
    path = Path(name)
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{path.stem}.{digest}{path.suffix}", _KINDS[path.suffix], content)


def style_of_tokens(tokens: Mapping[str, Any]) -> str:
    """The design tokens as custom properties; each colour knows both themes."""
    rows = [
        *(
            f"--fs-{name.replace('_', '-')}: {size}px"
            for name, size in tokens["type"]["sizes"].items()
        ),
        *(f"--fw-{name}: {weight}" for name, weight in tokens["type"]["weights"].items()),
        *(f"--r-{name[0]}: {size}px" for name, size in tokens["space"]["radius"].items()),
    ]
    light, dark = tokens["light"], tokens["dark"]
    for name, colour in light.items():
        if isinstance(colour, list):
            pairs = enumerate(zip(colour, dark[name], strict=True), 1)
            rows.extend(f"--c{number}: light-dark({a}, {b})" for number, (a, b) in pairs)
        else:
            rows.append(f"--{name.replace('_', '-')}: light-dark({colour}, {dark[name]})")
    return ":root { " + "; ".join(rows) + "; }\n"


router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def static_file(name: str, request: Request) -> Response:
    """A file of the pages, to be kept for ever under this address."""
    assets: Assets = request.app.state.backoffice.assets
    asset = assets.files.get(name)
    if asset is None:
        raise DomainError("not_found", http_status=404)
    return Response(asset.content, media_type=asset.kind, headers={"Cache-Control": _FOR_EVER})
