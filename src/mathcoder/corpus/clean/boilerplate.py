"""Lines of web pages that belong to the site and not to the document: banners, buttons, filler.

A line is one only if all of it is: "Cookies" may be what a problem is about. English alone; pages in another
language are dropped or kept whole.
"""

from __future__ import annotations

import re

from mathcoder.corpus.clean.content import FENCE

__all__ = ["tidied"]

# The whole line is one of these, but for signs around it.
_BUTTONS = r"""
      skip\ to\ (?:the\ )?(?:main\ |primary\ )?(?:content|navigation|search|footer|menu)
    | jump\ to\ (?:navigation|search|content|main\ content|bottom|top)
    | (?:back|scroll|go)\ to\ (?:the\ )?top
    | (?:toggle|open|close|show|hide)\ (?:the\ )?(?:main\ |mobile\ )?
        (?:navigation|menu|sidebar|search|table\ of\ contents(?:\ sidebar)?)
    | toggle\ (?:Light\ /\ Dark\ /\ Auto\ color\ theme|dark\ mode|theme)
    | (?:please\ )?(?:log|sign)\ ?-?in(?:\ or\ (?:sign\ ?up|register))?
        (?:\ to\ (?:reply|comment|continue|post|vote|your\ account|view).{0,60})?
    | (?:you\ must|please)\ (?:be\ logged\ in|log\ in|sign\ in|register|enable\ javascript|login)\b.{0,120}
    | sign\ up(?:\ (?:for\ free|now|today))? | create\ (?:an\ |your\ )?(?:free\ )?account
    | forgot\ (?:your\ )?password\??
    | (?:leave\ a|cancel|post\ a|add\ a|write\ a)\ (?:reply|comment)
    | your\ email\ address\ will\ not\ be\ published.{0,80} | required\ fields\ are\ marked.{0,20}
    | no\ comments(?:\ yet|:)? | be\ the\ first\ to\ comment
    | (?:click\ (?:here\ )?to\ )?share\ (?:this|on|via)
        (?:\ (?:page|post|article|facebook|twitter|linkedin|reddit|email|pinterest|whatsapp|:))*
        (?:\ \(opens\ in\ new\ window\))?
    | tweet(?:\ this)? | (?:follow|like)\ us\ on\ .{0,40} | print\ this\ (?:page|article)
    | (?:accept|allow|reject|decline|deny)\ (?:all|only\ (?:necessary|essential))?
        (?:\ ?(?:necessary|optional|essential))?\ ?cookies?
    | (?:cookies?|privacy)\ (?:settings|preferences|consent|policy|notice|and\ cookies?\ policy)
    | manage\ (?:cookies?|consent|preferences).{0,30}
    | subscribe\ (?:now\ )?(?:to|for)\ (?:our|the|my|this)
        \ (?:feed|news\ ?letter|mailing\ list|blog|channel|rss).{0,60}
    | (?:get|receive)\ (?:the\ latest|our)\ .{0,40}\ (?:in|to)\ your\ (?:inbox|e-?mail)
    | all\ rights\ reserved | terms\ of\ (?:use|service) | terms\ (?:and|&)\ conditions
    | contact\ us | advertisement | sponsored(?:\ content)?
    | (?:loading|searching|please\ wait)(?:\ results)?(?:\.\.\.|…)
    | (?:proudly\ )?powered\ by\ (?:wordpress|drupal|joomla|discourse|phpbb|vbulletin|blogger|hugo|jekyll)\b.{0,60}
    | this\ (?:site|website)\ is\ protected\ by\ recaptcha.{0,120}
    | edit\ (?:this\ page|on\ github)(?:\ on\ github)?
"""
# The line begins so.
_SENTENCES = r"""
      (?:we|our\ (?:web)?site|(?:this|the)\ (?:web)?site|this\ (?:page|blog|forum)|[\w.-]{2,40}\.(?:com|org|net))
        (?:\ and\ our\ .{0,40})?\ (?:may\ )?(?:uses?|stores?|sets?|places?|(?:is|are)\ using)
        \ (?:(?:our|own|its|(?:third|first)[- ]party|functional|necessary|essential|only|some|tracking|and)\ ){0,4}
        cookies?(?:\ (?:to|for|on|in\ order|that|which|so|from|and\ (?:other|similar|related|tracking))\b
            |[.,;:]|[ ]*(?=\n|\Z))
    | cookies?\ (?:help|allow|enable|are\ used)\ (?:us|to)\b
    | (?:by\ )?(?:continuing|using|browsing|clicking)\b.{0,120}\byou\ (?:agree|accept|consent|acknowledge)\b
    | (?:you\ need\ to|please|you\ must)\ (?:enable|turn\ on|activate)\ (?:java\ ?script|cookies)
    | java\ ?script\ (?:is|must\ be|has\ been)\ (?:disabled|required|not\ enabled|enabled)
    | your\ browser\ (?:does\ not|doesn't|is\ not|isn't)\ (?:currently\ )?(?:support|recogni[sz])
    | (?:thank\ you\ for\ visiting\ [\w.]{3,40}\ )?
        you\ are\ using\ (?:a\ browser\ version|an\ (?:old|outdated)\ browser)\b
    | lorem\ ipsum\b
    | (?:aliquam|vestibulum|pellentesque|curabitur|praesent|nullam|phasellus|donec|duis\ aute
        |sed\ ut\ perspiciatis)\b.{0,200}\b(?:sit|et|in|sed|ut|est|amet|dolor|elit|nec|non)\b
    | (?:copyright\ )?(?:©|\(c\)|copyright)\ ?[\d,\ –-]{4,14}.{0,80}\ball\ rights\ reserved\b
"""
_LONGEST = 1_500  # characters of such a line
_LINES = re.compile(
    rf"""\n(?:{FENCE}
    | (?P<line>[ \t]*+(?:[-*+•>#|–»«›‹→←↑▲×☰]+[ \t]*+|\d{{1,2}}\.[ \t]|\[)*+
        (?:(?:{_BUTTONS})[\s.!:»›→…\]|×-]*?(?=\n|\Z) | (?:{_SENTENCES})[^\n]{{0,{_LONGEST}}}(?=\n|\Z)))
      (?:\n[ \t]*(?=\n|\Z))?)""",
    re.VERBOSE | re.IGNORECASE,
)


def tidied(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the lines that belong to the site, and those lines. Code is left as it is."""
    removed: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        line = found["line"]
        if line is None:
            return found[0]
        removed.append(line.strip())
        return ""

    tidy = _LINES.sub(replaced, f"\n{text}")
    return (tidy.lstrip("\n"), tuple(removed)) if removed else (text, ())
