"""Tables of the catalogue."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from central_server.platform.columns import (
    ArticleKey,
    CurrencyCode,
    IdentityNumber,
    SkuKey,
    UtcDateTime,
    plain,
)
from central_server.platform.schema import metadata

CategoryCode = String(120)
LanguageTag = String(16)

category = Table(
    "category",
    metadata,
    plain("code", CategoryCode, primary_key=True),
    plain("parent_code", CategoryCode, ForeignKey("category.code"), nullable=True),
)

category_text = Table(
    "category_text",
    metadata,
    plain("code", CategoryCode, ForeignKey("category.code"), primary_key=True),
    plain("language", LanguageTag, primary_key=True),
    plain("name", String(120)),
)

article = Table(
    "article",
    metadata,
    plain("article_no", ArticleKey, primary_key=True),
    plain("brand", String(80)),
    plain("category_code", CategoryCode, ForeignKey("category.code"), nullable=True),
    plain("vat_category", String(24)),
    # The youngest age it may be sold to; 0 for anyone.
    plain("age_class", SmallInteger),
    plain("uom", String(3)),
    plain("discountable", Boolean),
    plain("created_at", UtcDateTime),
    plain("changed_at", UtcDateTime),
)

article_text = Table(
    "article_text",
    metadata,
    plain("article_no", ArticleKey, ForeignKey("article.article_no"), primary_key=True),
    plain("language", LanguageTag, primary_key=True),
    plain("name", String(200)),
    plain("description", Text),
)

variant = Table(
    "variant",
    metadata,
    plain("sku", SkuKey, primary_key=True),
    plain("article_no", ArticleKey, ForeignKey("article.article_no"), index=True),
    plain("size", String(40)),
    plain("colour", String(60)),
    plain("active", Boolean),
    plain("created_at", UtcDateTime),
)

barcode = Table(
    "barcode",
    metadata,
    plain("code", String(90), primary_key=True),
    plain("sku", SkuKey, ForeignKey("variant.sku"), index=True),
)

article_image = Table(
    "article_image",
    metadata,
    plain("article_no", ArticleKey, ForeignKey("article.article_no"), primary_key=True),
    plain("position", Integer, primary_key=True, autoincrement=False),
    plain("url", String(500)),
)

# `language` is empty for values that are the same in every language.
article_attribute = Table(
    "article_attribute",
    metadata,
    plain("article_no", ArticleKey, ForeignKey("article.article_no"), primary_key=True),
    plain("name", String(60), primary_key=True),
    plain("language", LanguageTag, primary_key=True),
    plain("value", String(300)),
)

# `rate` is the percentage as decimal text; in force until the next row of the same country and category.
vat_rate = Table(
    "vat_rate",
    metadata,
    plain("country", String(2), primary_key=True),
    plain("category", String(24), primary_key=True),
    plain("valid_from", Date, primary_key=True),
    plain("rate", String(12)),
    plain("source", String(200)),
    plain("confirmed", Boolean),
)

# What a piece of an article was bought for, net, in minor units.
article_cost = Table(
    "article_cost",
    metadata,
    plain("article_no", ArticleKey, ForeignKey("article.article_no"), primary_key=True),
    plain("currency", CurrencyCode, primary_key=True),
    plain("amount", BigInteger),
    plain("changed_at", UtcDateTime),
)

# Pictures that were handed in, drawn anew as JPEG in two sizes; `digest` is the SHA-256 of the large one.
article_media = Table(
    "article_media",
    metadata,
    plain("media_id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("article_no", ArticleKey, ForeignKey("article.article_no")),
    plain("place", Integer),
    plain("alt", String(200)),
    plain("width", Integer),
    plain("height", Integer),
    plain("digest", String(64)),
    plain("large", LargeBinary),
    plain("small", LargeBinary),
    plain("added_at", UtcDateTime),
    Index(None, "article_no", "place"),
    Index(None, "digest"),
)

# What an article is found by: folded words of its names, brand, category, colours and numbers. The full-text index
# on `words` is each database's own (FTS5, a stored tsvector), made by the migration beside this table.
article_search = Table(
    "article_search",
    metadata,
    plain("entry_id", IdentityNumber, primary_key=True, autoincrement=True),
    plain("article_no", ArticleKey, ForeignKey("article.article_no"), unique=True),
    plain("words", Text),
)
