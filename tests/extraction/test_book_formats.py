"""CNXML and PreTeXt, and files and folders of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathcoder.extraction import cnxml_to_text, latex_to_text, pretext_to_text, read_book, read_file

CNXML = """<document xmlns="http://cnx.rice.edu/cnxml" xmlns:m="http://www.w3.org/1998/Math/MathML">
<title>Lines</title><metadata>gone</metadata><content>
<para id="p">Let <m:math><m:mi>x</m:mi><m:mo>=</m:mo><m:mn>2</m:mn><m:mo>.</m:mo></m:math>
See (<link target-id="e"/>).
<emphasis effect="italics">y</emphasis>-axis, $3.</para>
<equation id="e"><label/><m:math><m:mtable>
<m:mtr><m:mtd><m:mi>a</m:mi></m:mtd><m:mtd><m:mo>=</m:mo></m:mtd><m:mtd><m:mi>b</m:mi></m:mtd></m:mtr>
<m:mtr><m:mtd/><m:mtd><m:mo>=</m:mo></m:mtd><m:mtd><m:mi>c</m:mi></m:mtd></m:mtr></m:mtable></m:math></equation>
<section><title>Slopes</title>
<example><exercise><problem><title>A slope</title><para>Find it.</para></problem>
<solution><para>It is <m:math><m:mn>3</m:mn></m:math>.</para></solution></exercise></example>
<exercise><problem>
<list list-type="enumerated" number-style="lower-alpha"><item>one</item><item>two</item></list></problem>
</exercise>
<table><tgroup><tbody><row><entry>a</entry><entry>b</entry></row><row><entry>1</entry><entry>2</entry></row></tbody>
</tgroup></table><figure>gone</figure></section></content>
<glossary><definition><term>line</term><meaning>a set</meaning></definition></glossary></document>"""
CNXML_TEXT = r"""# Lines

Let $x = 2$. See (the equation). $y$-axis, \$3.

$$\begin{aligned} a & = b \\ & = c \end{aligned}$$

## Slopes

**Example: A slope.**

Find it.

**Solution.**

It is $3$.

**Exercise.**

- (a) one
- (b) two

| a | b |
| --- | --- |
| 1 | 2 |

## Glossary

**line**: a set"""


def test_a_module() -> None:
    document = cnxml_to_text(CNXML.encode())
    assert document.text == CNXML_TEXT
    assert document.title == "Lines"
    assert document.dropped == ()


PRETEXT = r"""<pretext xmlns:xi="http://www.w3.org/2001/XInclude"><docinfo>
<macros>\newcommand{\Z}{\mathbb{Z}} % gone
</macros></docinfo><book><title>Sets</title><chapter><title>One</title>
<p>Let <m>n \in \Z</m>, say <q>many</q>. Cost: $3. <me>a \lt b</me> so.</p>
<xi:include href="part.ptx"/>
<theorem><title>Gauss</title><statement><p>Yes.</p></statement><proof><p>Clear<idx>gone</idx>.</p></proof></theorem>
<exercise><statement><p>Do <c>x_1</c>.</p></statement><hint><p>Think.</p></hint></exercise>
<ol><li><p>one</p></li><li><p>two</p></li></ol>
<sage><input>
    factor(12)
</input><output>2^2 * 3</output></sage>
</chapter></book></pretext>"""
PRETEXT_PART = r"<section><title>Two</title><p><md><mrow>a \amp= b</mrow><mrow>\amp= c</mrow></md></p></section>"
PRETEXT_TEXT = r"""# Sets

# One

Let $n \in \mathbb{Z}$, say “many”. Cost: \$3.
$$a < b$$
so.

## Two

$$
\begin{align*}
a &= b \\
&= c
\end{align*}
$$

**Theorem: Gauss.**

Yes.

**Proof.**

Clear.

**Exercise.**

Do `x_1`.

**Hint.**

Think.

- 1. one
- 2. two

```python
factor(12)
```

```
2^2 * 3
```"""


def test_a_pretext_book() -> None:
    files = {"part.ptx": PRETEXT_PART.encode()}
    document = pretext_to_text(PRETEXT.encode(), files.get)
    assert document.text == PRETEXT_TEXT
    assert document.title == "Sets"
    missing = pretext_to_text(PRETEXT.encode(), lambda _: None)
    assert missing.dropped == ("the file part.ptx that is included is not there",)


@pytest.mark.parametrize("read", [cnxml_to_text, pretext_to_text])
def test_broken_xml_is_refused_in_one_line(read: object) -> None:
    with pytest.raises(ValueError, match=r"^not well-formed XML: [^\n]+$"):
        read(b"<document><para></document>")  # type: ignore[operator]
    with pytest.raises(ValueError, match="not CNXML"):
        cnxml_to_text(b"<book/>")


FILES = {
    "a.tex": (r"\documentclass{article}\begin{document}A $x$\end{document}", "A $x$"),
    "a.html": ("<p>A \\(x\\)</p>", "A $x$"),
    "a.md": ("A $x$\n", "A $x$"),
    "a.cnxml": (CNXML, CNXML_TEXT),
    "a.xml": (CNXML, CNXML_TEXT),
    "b.xml": ("<section><p>A <m>x</m></p></section>", "A $x$"),
    "b.ptx": ("<?xml version='1.0'?><!-- <x> --><chapter><p>A <m>x</m></p></chapter>", "A $x$"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_by_suffix_and_root(name: str, tmp_path: Path) -> None:
    source, expected = FILES[name]
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    document = read_file(path)
    assert document.text == expected
    assert document.path == str(path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.5\n"),
        ("a.tex", b"\x00\x01\x02"),
        ("a.xml", b"<svg/>"),
        ("a", b"words"),
        ("a.cnxml", b"<a"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=rf"^[^\n]*{name}: [^\n]+$"):
        read_file(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "missing.tex")


def test_no_file_outside_the_directory_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("secret")
    book = tmp_path / "book"
    book.mkdir()
    (book / "link.tex").symlink_to(tmp_path / "secret.tex")
    (book / "a.tex").write_text(rf"A \input{{../secret}} \input{{{tmp_path}/secret.tex}} \input{{link}} B")
    (book / "a.ptx").write_text(
        '<chapter xmlns:xi="x"><p>A <xi:include href="../secret.tex" parse="text"/></p></chapter>'
    )
    assert read_file(book / "a.tex").text == "A B"
    assert read_file(book / "a.ptx").text == "A"


def test_a_book_has_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "preamble.tex").write_text(r"\newcommand{\R}{\mathbb{R}}")
    (tmp_path / "ch1.tex").write_text("\\chapter{One}\n$\\R$")
    (tmp_path / "ch2.tex").write_text("\\chapter{Two}\n$\\R^2$")
    head = r"\documentclass{book}\input{preamble}\begin{document}"
    (tmp_path / "all.tex").write_text(head + r"\input{ch1}\include{ch2}\end{document}")
    (tmp_path / "part.tex").write_text(head + r"Part: $\R$ \input{ch1}\end{document}")
    (tmp_path / "settings.xml").write_text("<publication/>")
    documents = list(read_book(tmp_path))
    assert [Path(document.path).name for document in documents] == ["all.tex", "part.tex"]
    assert documents[0].text == "# One\n\n$\\mathbb{R}$\n\n# Two\n\n$\\mathbb{R}^2$"
    assert documents[1].text == r"Part: $\mathbb{R}$"
    with pytest.raises(ValueError, match="has no LaTeX"):
        list(read_book(_made(tmp_path / "empty")))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_damaged_part_of_a_book_comes_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.cnxml").write_text(CNXML)
    (tmp_path / "b.cnxml").write_text(CNXML[:400])
    good, bad = read_book(tmp_path)
    assert good.text == CNXML_TEXT
    assert bad.text == ""
    assert "not well-formed XML" in bad.dropped[0]


def test_dollars_of_a_source_never_open_a_formula() -> None:
    assert latex_to_text(r"a \$1 b \$2").text.count("$") == latex_to_text(r"a \$1 b \$2").text.count(r"\$")
