"""What TeX commands mean in running text: characters, accents, headings, and what only concerns the layout."""

from __future__ import annotations

import unicodedata

__all__ = ["ACCENTS", "CHARACTERS", "HEADINGS", "LABELLED", "LISTS", "SKIPPED", "SWALLOWED", "TABLES", "accented"]

CHARACTERS = {
    "%": "%", "&": "&", "#": "#", "_": "_", "{": "{", "}": "}", "$": "$", " ": " ", "\n": " ", ",": " ", ";": " ",
    ":": " ", "-": "", "/": "", "@": "", "!": "", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "i": "i", "j": "j", "S": "§", "P": "¶", "copyright": "©",
    "pounds": "£", "dots": "…", "ldots": "…", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX",
    "BibTeX": "BibTeX",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|", "textless": "<",
    "textgreater": ">", "textdollar": "$", "textunderscore": "_", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "quad": " ",
    "qquad": " ", "enspace": " ", "thinspace": " ", "space": " ", "lq": "‘", "rq": "’", "euro": "€",
    "texteuro": "€",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°", "textbullet": "•", "slash": "/",
    "colon": ":", "dag": "†", "ddag": "‡", "checkmark": "✓", "nobreakspace": " ", "hfill": " ", "dotfill": " ",
    "textbraceleft": "{", "textbraceright": "}", "guillemotleft": "«", "guillemotright": "»",
}  # fmt: skip
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "H": "\u030b", "u": "\u0306", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip


def accented(accent: str, letter: str) -> str:
    """`\\'e` as é."""
    letter = {"\\i": "i", "\\j": "j"}.get(letter.strip(), letter.strip())
    return unicodedata.normalize("NFC", letter[:1] + ACCENTS[accent] + letter[1:]) if letter else ""


HEADINGS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "frametitle": 2}
LISTS = frozenset("itemize enumerate description compactitem compactenum inparaenum asparaenum trivlist".split())
TABLES = frozenset("tabular tabular* tabularx longtable tabulary supertabular array".split())
LABELLED = {
    "theorem": "Theorem", "thm": "Theorem", "lemma": "Lemma", "lem": "Lemma", "proposition": "Proposition",
    "prop": "Proposition", "corollary": "Corollary", "cor": "Corollary", "definition": "Definition",
    "defn": "Definition", "defi": "Definition", "axiom": "Axiom", "example": "Example", "ex": "Example",
    "exa": "Example",
    "examples": "Examples", "exercise": "Exercise", "exercises": "Exercises", "problem": "Problem",
    "prob": "Problem",
    "question": "Question", "solution": "Solution", "answer": "Answer", "hint": "Hint", "proof": "Proof",
    "remark": "Remark", "rem": "Remark", "note": "Note", "claim": "Claim", "conjecture": "Conjecture",
    "fact": "Fact", "abstract": "Abstract", "notation": "Notation", "observation": "Observation", "case": "Case",
}  # fmt: skip
# Environments of which nothing is text.
SKIPPED = frozenset(
    "figure figure* wrapfigure tikzpicture pspicture picture comment thebibliography asy xy filecontents"
    " filecontents* CCSXML biblist titlingpage titlepage pgfpicture prooftree oltableau tableau forest circuitikz"
    " SCfigure sidefigure marginfigure diagram".split()
)
# Commands that go with so many arguments; an optional one before them goes as well.
SWALLOWED = {
    **dict.fromkeys(
        "index label cite citep citet citealp citeauthor citeyear nocite ref pageref eqref autoref cref Cref"
        " vref nameref ref*"
        " bibliography bibliographystyle includegraphics pagestyle thispagestyle hypersetup usepackage"
        " RequirePackage"
        " vspace hspace vspace* hspace* pagenumbering graphicspath geometry theoremstyle counterwithout"
        " newlength newcounter stepcounter refstepcounter vskip phantom hphantom vphantom setlist usetikzlibrary"
        " PassOptionsToPackage tikzset glsadd protected@file bibitem pmcanonicalname pmcreated pmmodified pmrecord"
        " pmprivacy pmtype pmcomment author date thanks affil institute email address keywords subjclass"
        " linespread"
        " hyphenation newtheoremstyle glossaryentry captionsetup lstset color pagecolor fontsize selectlanguage"
        " linebreak pagebreak addbibresource printbibliography caption* caption tag qedsymbol makebox@ hyperdef"
        " input@path numberwithin@ enlargethispage addvspace markright microtypesetup renewcounter".split(),
        1,
    ),
    **dict.fromkeys(
        "setlength addtolength setcounter addtocounter numberwithin definecolor rule textcolor@ fontsize pmowner"
        " pmmodifier pmauthor pmclassification pmsynonym pmrelated pmdefines markboth setkeys"
        " DeclareMathSymbol@ colorlet newsavebox sbox pdfbookmark hypertarget@ newtcolorbox declaretheoremstyle"
        " titlespacing setbeamertemplate".split(),
        2,
    ),
    **dict.fromkeys("addtocontents DeclareGraphicsRule addcontentsline olfileid".split(), 3),
    **dict.fromkeys("pmrelated pmdefines".split(), 1),
    **dict.fromkeys("DeclareMathSymbol DeclareSymbolFont DeclareFontShape DeclareFontFamily".split(), 4),
}
