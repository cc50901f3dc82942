"""What can be wrong with a file as a whole, and with one row of it, in words."""

from central_server.platform.errors import ErrorText, ErrorTexts

ERROR_TEXTS: ErrorTexts = {
    "import_file_missing": ErrorText("There is no file {path}.", "Check the path."),
    "import_format_unknown": ErrorText(
        "{name} is none of the formats read here.", "Use .csv, .csv.xz or .xlsx."
    ),
    "import_file_damaged": ErrorText(
        "{name} is damaged: {reason}.", "Export or copy the file again."
    ),
    "import_file_empty": ErrorText("{name} is empty.", "Export the file again."),
    "import_not_text": ErrorText(
        "{name} is not text: there is a zero byte at position {position}.",
        "Export the file as CSV in UTF-8.",
    ),
    "import_encoding_unknown": ErrorText(
        "{name} is neither UTF-8 nor Windows-1252: byte {position} fits neither.",
        "Export the file as UTF-8, or name its encoding with --encoding.",
    ),
    "import_encoding_mixed": ErrorText(
        "{name} begins as UTF-8, but byte {position} is not UTF-8.",
        "Two files of different encodings were joined? Export again, or use --encoding.",
    ),
    "import_encoding_wrong": ErrorText(
        "{name} cannot be read as {encoding}: line {line} is not.", "Use another --encoding."
    ),
    "import_line_too_long": ErrorText(
        "Line {line} of {name} is longer than {most} characters.", "Is this a CSV file?"
    ),
    "import_column_missing": ErrorText(
        "{name} has no column for {field}. Its columns are: {found}.",
        "Name the column with --map COLUMN={field}.",
    ),
    "import_column_twice": ErrorText(
        "Two columns of {name} stand for {field}: {first} and {second}.",
        "Leave one out with --map COLUMN=- .",
    ),
    "import_map_unknown": ErrorText(
        "--map {entry} names a column or field that does not exist. Fields: {fields}.",
        "Use --map COLUMN=FIELD.",
    ),
    "import_currency_missing": ErrorText(
        "The file has prices but no currency.",
        "Add --currency EUR, or --market DE with a store there.",
    ),
    "import_location_missing": ErrorText(
        "The file has stock but no location.",
        "Name it with --location, or leave the column out with --map COLUMN=- .",
    ),
}

# Reasons in the error file; braces are filled in.
ROW_TEXTS: dict[str, str] = {
    "missing": "is needed and empty",
    "too_long": "has {length} characters; at most {most} are allowed",
    "bad_characters": "has characters that do not belong there",
    "row_length": "the row has {cells} cells, the header has {header}: a separator or quote too many or few",
    "quoting": "broken quoting: {reason}",
    "barcode_check_digit": "the check digit is wrong: {expected} would be right",
    "barcode_scientific": "a spreadsheet turned this barcode into a rounded number; format the column as text",
    "barcode_taken": "belongs to article {other} already",
    "barcode_twice": "stands in line {line} for another article already",
    "sku_twice": "stands in line {line} already",
    "sku_elsewhere": "is a variant of article {other} already",
    "amount_invalid": "is not an amount",
    "amount_ambiguous": "may be a decimal or a thousand; write two decimals",
    "amount_negative": "is negative",
    "currency_unknown": "is not a currency that Tresen knows",
    "vat_unknown": "is neither a VAT category nor a rate of the market",
    "vat_needs_market": "is a rate; name the market with --market so that it can be found",
    "age_invalid": "is not an age between 0 and 99",
    "quantity_invalid": "is not a quantity with at most three decimals",
    "number_twice": "stands in line {line} already",
    "date_invalid": "is not a date such as 1980-11-22 or 22.11.1980",
    "date_ahead": "lies in the future",
    "count_invalid": "is not a whole number from 0 up",
    "store_unknown": "is not a store",
    "pair_invalid": "has '{part}', which is not of the form name=value",
    "pair_twice": "says two things of {name}",
    "price_refused": "the article was imported, its price was not: {code}",
}
