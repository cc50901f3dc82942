"""The catalogue: articles with texts per language, variants by size and colour, barcodes, images, attributes, VAT."""
