"""Why a promotion holds or does not: one hint under the receipt, and a sheet with the reasons. Knows no engine."""
