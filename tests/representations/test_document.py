"""JSON is read strictly, and every mistake is named by its path and line."""

import re

import pytest

from vestibule.domain.sentence import Sentence
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument
from vestibule.representations.parsing import DEPTH_LIMIT, SIZE_LIMIT
from vestibule.representations.positions import lines_of, walk


@pytest.mark.parametrize(
    "text, detail",
    [
        ('{"a": 1,\n "b": 2,\n "a": 3}', "a (line 3): This name stands here twice."),
        ('{"x": [{"a": 1},\n{"b": 1, "b": 1}]}', "x[1].b (line 2): This name stands here twice."),
        ('{"a": 1, "\\u0061": 2}', "a (line 1): This name stands here twice."),
        ('{"a": 1,}', "Line 1, column 9: this is not JSON"),
        ('{"a": 1}\n}', "Line 2, column 1: this is not JSON"),
        ("", "Line 1, column 1: this is not JSON"),
        ("{'a': 1}", "Line 1, column 2: this is not JSON"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": ' + "9" * 5000 + "}", "not a number"),
        ("[" * (DEPTH_LIMIT + 1), "nested deeper"),
        ("[" * 100_000, "nested deeper"),
        ('{"a": "' + "[" * 100 + '"', "Line 1, column"),
        ("[]", "the file (line 1): A realm file is one JSON object"),
        ('"text"', "one JSON object"),
        ("x" * (SIZE_LIMIT + 1), "larger than"),
    ],
)
def test_text_that_is_no_clean_object_is_refused(text: str, detail: str) -> None:
    with pytest.raises(BadDocument, match=re.escape(detail)):
        Document(text)


def test_every_place_has_its_line() -> None:
    text = '{\n"a": [1,\n{"b": null}],\n"c.d": {"e": "x,\\"]}"}\n}'
    assert [(place.path, place.line) for place in walk(text)] == [
        ((), 1), (("a",), 2), (("a", 0), 2), (("a", 1), 3), (("a", 1, "b"), 3),
        (("c.d",), 4), (("c.d", "e"), 4),
    ]  # fmt: skip


def test_a_missing_member_is_named_at_the_object_that_lacks_it() -> None:
    assert lines_of('{\n"a": [\n{}]}', [("a", 0, "b")]) == {("a", 0, "b"): 3}


@pytest.mark.parametrize(
    "text, path, sentence",
    [
        ('{"a": 1}', "a (line 1)", "Text in quotes"),
        ('{"a": "x\\u0000y"}', "a (line 1)", "control character"),
        ('{"a": "x\\ny"}', "a (line 1)", "control character"),
        ('{"a": "\\ud800"}', "a (line 1)", "surrogate"),
        ('{\n"a": "' + "x" * 256 + '"}', "a (line 2)", "longer than 255"),
    ],
)
def test_unreadable_text_is_refused(text: str, path: str, sentence: str) -> None:
    with pytest.raises(BadDocument) as refused:
        Document(text).root.text("a", "")
    assert refused.value.detail.startswith(path)
    assert sentence in refused.value.detail


@pytest.mark.parametrize("value", ['"true"', "1", "0", '""', "[]"])
def test_only_true_and_false_are_truth_values(value: str) -> None:
    with pytest.raises(BadDocument, match="True or false"):
        Document(f'{{"a": {value}}}').root.flag("a", False)


@pytest.mark.parametrize("value", ['"5"', "5.0", "true", "-1", "11", "1e1"])
def test_only_whole_numbers_in_their_range_are_numbers(value: str) -> None:
    with pytest.raises(BadDocument, match="whole number from 0 to 10"):
        Document(f'{{"a": {value}}}').root.number("a", 0, 0, 10)


def test_null_is_absent() -> None:
    root = Document('{"a": null}').root
    assert root.text("a", "default") == "default"
    assert root.flag("a", True) is True
    assert root.number("a", 7, 0, 10) == 7
    assert root.texts("a", ("x",)) == ("x",)


def test_what_nobody_read_is_known() -> None:
    document = Document(
        '{"a": "x", "list": [{"n": "1", "o": 2, "p": false}, {"n": "2", "o": 3}],'
        ' "gone": [1, 2, 3], "more": {"k": 1}, "plain": "text", "empty": [], "null": null}'
    )
    document.root.text("a", "")
    for element in document.root.member("list").elements():
        element.text("n", "")
    assert document.left_out == ("gone (3)", "list[].o (2)", "more (1)", "plain")


def test_notes_name_path_and_line() -> None:
    document = Document('{\n"a": [\n"x"]}')
    document.root.member("a").elements()[0].leave_out("not taken.")
    assert document.notes == ("a[0] (line 3): not taken.",)
    assert document.left_out == ()


def test_a_mistake_has_its_place_and_a_sentence_that_can_be_translated() -> None:
    with pytest.raises(BadDocument) as refused:
        Document.of({"attributes": {"a": "x" * 300}}).root.member("attributes").text("a", "")
    assert refused.value.path == ("attributes", "a")
    assert refused.value.mistake == Sentence("This is longer than {limit} characters.", {"limit": 255})
    assert refused.value.detail == "attributes.a: This is longer than 255 characters."


def test_a_document_of_values_has_no_lines() -> None:
    document = Document.of({"a": ["x"]})
    document.root.member("a").elements()[0].leave_out("Not taken.")
    assert document.notes == ("a[0]: Not taken.",)
