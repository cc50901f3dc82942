"""What can be wrong with an article, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "picture_invalid": ErrorText("This is no JPEG, PNG or WebP picture."),
    "picture_too_large": ErrorText("A picture has at most 12 MB and 50 million pixels."),
    "picture_known": ErrorText("This picture is there already."),
    "picture_alt_missing": ErrorText("The picture has no description."),
    "pictures_too_many": ErrorText("An article has at most {most} pictures."),
    "picture_unknown": ErrorText("There is no such picture."),
    "cost_invalid": ErrorText("A purchase price is an amount from zero on."),
    "article_unknown": ErrorText("There is no article {article}.", "Check the number."),
    "sku_unknown": ErrorText("There is no article with the number {sku}.", "Check the number."),
    "article_no_invalid": ErrorText(
        "{value} is not an article number.", "Use letters, digits, . / _ and -."
    ),
    "article_exists": ErrorText("There is an article {article} already.", "Choose another number."),
    "article_name_missing": ErrorText("The article has no name.", "Give a name in one language."),
    "vat_category_invalid": ErrorText("That is not a VAT category.", "Choose from the list."),
    "age_class_invalid": ErrorText("That is not an age.", "Use 0 to 99."),
    "uom_invalid": ErrorText("That is not a unit of measure.", "Use a code such as H87 or KGM."),
    "category_invalid": ErrorText(
        "That is not a category.", "Write a path such as Clothing>Trousers."
    ),
    "sku_invalid": ErrorText(
        "{value} is not a variant's number.", "Use letters, digits, . / _ and -."
    ),
    "sku_exists": ErrorText("The number {sku} is taken.", "Choose another number."),
    "variant_exists": ErrorText("{sku} has this size and colour already.", "Change that one."),
    "barcode_invalid": ErrorText(
        "The barcode {code} has a wrong check digit.", "Expected was {expected}."
    ),
    "barcode_taken": ErrorText("The barcode {code} belongs to {sku}.", "Take it away there first."),
    "language_invalid": ErrorText("{value} is not a language tag.", "Use a tag such as de-AT."),
}
