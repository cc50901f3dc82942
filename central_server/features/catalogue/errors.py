"""What can be wrong with an article, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "article_unknown": ErrorText("There is no article {article}.", "Check the number."),
    "sku_unknown": ErrorText("There is no article with the number {sku}.", "Check the number."),
    "language_invalid": ErrorText("{value} is not a language tag.", "Use a tag such as de-AT."),
}
