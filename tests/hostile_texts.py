"""What people with bad intentions write, and what people of the whole world do: for every place that
shows what somebody typed.

    @pytest.mark.parametrize("payload", PAYLOADS)   # or one test that walks through all of them
"""

from __future__ import annotations

import functools
import html
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Final

#: What a payload runs when it succeeds; ``TRACE`` asks a browser for it.
RUN: Final = "window.__hurt=1"
TRACE: Final = "() => window.__hurt === 1"

_EVENTS: Final = """
    abort afterprint animationcancel animationend animationiteration animationstart auxclick
    beforecopy beforecut beforeinput beforematch beforepaste beforeprint beforetoggle beforeunload
    begin blur bounce cancel canplay canplaythrough change click close contentvisibilityautostatechange
    contextmenu copy cuechange cut dblclick drag dragend dragenter dragexit dragleave dragover
    dragstart drop durationchange end ended error finish focus focusin focusout formdata
    fullscreenchange gotpointercapture hashchange input invalid keydown keypress keyup load
    loadeddata loadedmetadata loadstart message mousedown mouseenter mouseleave mousemove mouseout
    mouseover mouseup mousewheel pagehide pageshow paste pause play playing pointercancel
    pointerdown pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate
    pointerup popstate progress ratechange repeat reset resize scroll scrollend search
    securitypolicyviolation seeked seeking select selectionchange selectstart slotchange stalled
    start submit suspend timeupdate toggle touchcancel touchend touchmove touchstart
    transitionend unhandledrejection unload volumechange waiting wheel
"""
_CARRIERS: Final = ("img src=x", "svg", "body", "video src=x", "details open", "input autofocus")

_BY_HAND: Final = (
    # scripts, in every spelling that parsers forgive
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script\n>{RUN}</script\n>",
    f"<script/x>{RUN}</script>",
    f"<script src=data:text/javascript,{RUN}></script>",
    f"<script type=module>{RUN}</script>",
    f"<script>{RUN}//",
    f"<<script>{RUN}//<</script>",
    f"<script\x00>{RUN}</script>",
    f"<\x00script>{RUN}</script>",
    f"\ufeff<script>{RUN}</script>",
    f"＜script＞{RUN}＜/script＞",
    f"\u202e<script>{RUN}</script>",
    f"<\u200bscript>{RUN}</script>",
    # out of where the text may stand
    f'"><script>{RUN}</script>',
    f"'><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</template><script>{RUN}</script>",
    f"</noscript><script>{RUN}</script>",
    f"</p></div></main></body></html><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"*/</script><script>{RUN}</script>/*",
    f'" autofocus onfocus="{RUN}',
    f"' autofocus onfocus='{RUN}",
    f'" onmouseover="{RUN}" x="',
    f"` onmouseover={RUN} x=`",
    f"x onerror={RUN}",
    f"\\u0022><script>{RUN}</script>",
    f"\\x3cscript\\x3e{RUN}\\x3c/script\\x3e",
    f"';{RUN};//",
    f'";{RUN};//',
    f"\\';{RUN};//",
    f"`;{RUN};//",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"{{% debug %}}{{{{ {RUN} }}}}",
    f"<%= {RUN} %>",
    f"#{{{RUN}}}",
    f"[[${{{RUN}}}]]",
    # encoded once, twice, and in other letters
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&amp;lt;script&amp;gt;{RUN}&amp;lt;/script&amp;gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"&#x3c;script&#x3e;{RUN}&#x3c;/script&#x3e;",
    f"&#0000060script&#0000062{RUN}",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"%253Cscript%253E{RUN}%253C/script%253E",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    # addresses
    f"<a href=javascript:{RUN}>x</a>",
    f"<a href='java\nscript:{RUN}'>x</a>",
    f"<a href='java\tscript:{RUN}'>x</a>",
    f"<a href=' javascript:{RUN}'>x</a>",
    f"<a href='jav&#x09;ascript:{RUN}'>x</a>",
    f"<a href=&#106;avascript:{RUN}>x</a>",
    f"<a href=JaVaScRiPt:{RUN}>x</a>",
    f"<a href=vbscript:{RUN}>x</a>",
    f"<a href=data:text/html,<script>{RUN}</script>>x</a>",
    f"javascript:{RUN}",
    f"javascript://esensi.online/%0a{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"[x](javascript:{RUN})",
    f"![x](x onerror={RUN})",
    f"<javascript:{RUN}>",
    f"https://esensi.online/?q=<script>{RUN}</script>",
    f"https://esensi.online/' onmouseover='{RUN}",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<button formaction=javascript:{RUN}>x</button>",
    f"<base href=javascript:{RUN}//>",
    f"<meta http-equiv=refresh content='0;javascript:{RUN}'>",
    f"<link rel=stylesheet href=javascript:{RUN}>",
    f"<area href=javascript:{RUN}>",
    f"<math href=javascript:{RUN}>x</math>",
    f"<svg><a xlink:href=javascript:{RUN}><text>x</text></a></svg>",
    # other languages within
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><script href=data:,{RUN} />",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set attributeName=href to=javascript:{RUN}>",
    f"<svg><foreignObject><script>{RUN}</script></foreignObject></svg>",
    f"<svg><style><img src=x onerror={RUN}></style></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<math><annotation-xml encoding=text/html><script>{RUN}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<template><script>{RUN}</script></template>",
    f"<xmp><img src=x onerror={RUN}></xmp>",
    f"<plaintext><script>{RUN}</script>",
    f"<!--[if gte IE 4]><script>{RUN}</script><![endif]-->",
    f"<?xml version='1.0'?><script>{RUN}</script>",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<!DOCTYPE x [<!ENTITY y '<script>{RUN}</script>'>]>&y;",
    f"<style>@import 'javascript:{RUN}'</style>",
    f"<p style=background:url(javascript:{RUN})>x</p>",
    f"<p style='width:expression({RUN})'>x</p>",
    f"<table background=javascript:{RUN}>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<isindex action=javascript:{RUN} type=image>",
    f"<x contenteditable onblur={RUN}>x</x>",
    f"<portal src=javascript:{RUN}></portal>",
    f"<slot onslotchange={RUN}>x</slot>",
    f"<dialog open onclose={RUN}><form method=dialog><button>x</button></form></dialog>",
    f"<img/src=x/onerror={RUN}>",
    f"<img src=x onerror\n=\n{RUN}>",
    f"<img src=x:x onerror&#61;{RUN}>",
    f"<img src='x'onerror={RUN}>",
    f"<img src=x o\x00nerror={RUN}>",
    f"<IMG SRC=x ONERROR={RUN}>",
    f"<image src=x onerror={RUN}>",
    f"<img src=`x`onerror={RUN}>",
    f"<img \x0csrc=x\x0conerror={RUN}>",
    # clobbering names that scripts look for
    "<form id=live><input name=dataset></form>",
    "<img name=getElementById>",
    "<a id=comments></a><a id=comments name=dataset href=x>x</a>",
    '{"__proto__":{"polluted":1}}',
    "__proto__",
    "constructor.prototype",
)

#: 237 texts, each of which would run ``RUN`` or break the page where it were shown unescaped.
PAYLOADS: Final[tuple[str, ...]] = (
    *_BY_HAND,
    *(
        f"<{_CARRIERS[n % len(_CARRIERS)]} on{event}={RUN}>"
        for n, event in enumerate(_EVENTS.split())
    ),
)

#: Marks that turn the direction of what follows, open and never closed.
TURNED: Final = (
    "\u202eyas uoy tahw\u202d",
    "photo_\u202egpj.exe",
    "\u202atwo \u202bthree \u202cfour",
    "\u2066isolated \u2067the other way \u2068whichever",
    "\u202e" * 500 + "x",
    "\u2067Admin\u2069 \u202eniatpac eht",
    "\u206aold\u206b \u206cones\u206d \u206e\u206f",
)
#: What nobody can see.
UNSEEN: Final = (
    "",
    "   \t\n ",
    "\u200b\u200c\u200d\u2060",
    "\u3164\u115f\uffa0",
    "\u2800\u2800",
    "\u202e\u2066",
    "\x00\x01\x1b\x7f\x9f",
    "\u0301\u0302",
    "\ufeff",
    "\ud800",
)
#: What bends the page without any markup: towers of marks, no place to break, a screen of nothing.
BENT: Final = (
    "Z" + "\u0317\u0339\u033c\u0301\u0352\u035b" * 60,
    "x" * 1500,
    "a\n" + "\n" * 1500 + "b",
    "ﷺ" * 300 + "﷽" * 300,
    "\u2028".join("line" for _ in range(100)),
    "👩‍👩‍👧‍👦" * 100,
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" * 50,
)

MEGABYTE: Final = 1_000_000


def pastes() -> Iterator[str]:
    """Texts of a million characters, as somebody pastes them by mistake or not."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: "a" * MEGABYTE,
        lambda: "<b>" * (MEGABYTE // 3),
        lambda: "\n" * MEGABYTE,
        lambda: " " * MEGABYTE,
        lambda: "a" + "\u0301" * MEGABYTE,
        lambda: "\u202e" * MEGABYTE,
        lambda: "😀" * MEGABYTE,
        lambda: "각" * MEGABYTE,
    )
    for make in makers:
        yield make()


#: Sentences as they are really written, with what is hard about them.
SENTENCES: Final[Mapping[str, str]] = {
    "Arabic": "قرأتُ هذا الفصلَ مرّتين (حرفًا حرفًا)؟ نعم: ١٢٣.",
    "Persian": "می‌خواهم دوباره بخوانم. «خواندنی بود!»",
    "Hebrew": "קָרָאתִי אֶת הַפֶּרֶק, הַכֹּל – ׳יפה׳.",
    "Hindi": "मैंने यह अध्याय पढ़ा; क्ष, ज्ञ, र्‍य।",
    "Bengali": "আমি এই অধ্যায়টি পড়েছি। ৎ",
    "Tamil": "நான் இந்த அத்தியாயத்தைப் படித்தேன். க்ஷௌ",
    "Sinhala": "මම මේ පරිච්ඡේදය කියෙව්වා. ශ්‍රී",
    "Thai": "ฉันอ่านบทนี้แล้ว น้ำที่นี่",
    "Khmer": "ខ្ញុំបានអានជំពូកនេះ។",
    "Myanmar": "ဤအခန်းကို ဖတ်ပြီးပြီ။",
    "Tibetan": "ལེའུ་འདི་བཀླགས་པ་ཡིན། ཧཱུྃ",
    "Javanese": "ꦲꦏ꧀ꦱꦫꦗꦮ꧈ ꦧꦸꦏꦸ꧉",
    "Balinese": "ᬅᬓ᭄ᬱᬭᬩᬮᬶ᭟",
    "Sundanese": "ᮃᮊ᮪ᮞᮛ ᮞᮥᮔ᮪ᮓ",
    "Buginese": "ᨕᨗᨐᨙ ᨒᨚᨈᨑ᨞",
    "Chinese": "我读了这一章，很喜欢。𠀋",
    "Japanese": "この章を読みました。「ゞ」々",
    "Korean": "이 장을 읽었어요. ᄒᆞᆫ글",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ᠌",
    "Vietnamese": "Tôi đã đọc chương này rồi. Ngưỡng",
    "Greek": "Τὸ κεφάλαιον ἀνέγνων· ᾧ, ΐ.",
    "Russian": "Я прочитала эту главу — ещё раз.",
    "Georgian": "წავიკითხე ეს თავი. ᲗᲐᲕᲘ",
    "Armenian": "Կարդացի այս գլուխը։ և",
    "Amharic": "ይህን ምዕራፍ አነበብኩት።",
    "Cherokee": "ᏣᎳᎩ ꮳꮃꭹ",
    "N'Ko": "ߒߞߏ ߛߓߍߛߎ߲",
    "Turkish": "İyi bölümdü, ılık ılık okudum.",
    "Indonesian": "Saya membaca bab ini dua kali — “bagus”.",
    "Emoji": "🇮🇩 👍🏽 👩‍💻 🏳️‍🌈 ❤️",
}

_LETTERS_OF_EACH: Final = 12


@functools.cache
def every_script() -> Mapping[str, str]:
    """Give some letters of each script that this Python's Unicode knows, by the first words of their
    names: more than 150."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in range(0xA0, sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character)[0] != "L":
            continue
        name = unicodedata.name(character, "")
        script = re.split(r" (?:SMALL|CAPITAL|LETTER|SYLLABLE|IDEOGRAPH|SIGN)|-", name)[0]
        letters = found[script]
        if name and len(letters) < _LETTERS_OF_EACH:
            letters.append(character)
    return {script: " ".join(letters) for script, letters in found.items() if len(letters) > 2}


def unescaped(page: str, payload: str) -> bool:
    """Does the page hold the payload as markup? (As text it stands escaped.)"""
    return payload in page and html.escape(payload) != payload
