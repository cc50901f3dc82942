"""Names of categories: the last one, and the way there where it is needed to tell two apart."""

import pytest

from central_server.backoffice.article_words import category_names


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        (["Herren>Hosen", "Herren>Schals"], ["Hosen", "Schals"]),
        (["Damen>Hosen", "Herren>Hosen"], ["Damen › Hosen", "Herren › Hosen"]),
        (["Hosen", "Herren>Hosen"], ["Hosen", "Herren › Hosen"]),
        (["A>Hosen>Jeans", "B>Hosen>Jeans", "Rest"],
         ["A › Hosen › Jeans", "B › Hosen › Jeans", "Rest"]),
        (["", "Herren"], ["", "Herren"]),
        ([], []),
    ],
)  # fmt: skip
def test_equal_names_say_which(codes, names):
    assert category_names(codes) == names
