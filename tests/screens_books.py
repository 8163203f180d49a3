"""Two small books, written for the pictures: one from right to left, one in vertical lines."""

from __future__ import annotations

from tests.sites.books.importers.epub_builder import Epub

LAMP = "مصباح المرفأ"
LAMP_AUTHOR = "ليلى الصياد"
LAMP_PAGES = {
    "الليلة الأولى": [
        "في آخر الرصيف مصباح لا يطفئه أحد. يقول الصيادون إن من يطفئه ينسى اسمه قبل أن يبلغ البيت.",
        "كانت سلمى تملأ خزانه بالزيت كل مساء، وتعدّ القوارب التي عادت، ثم تكتب العدد في دفتر أزرق:"
        " اثنا عشر خرجت، أحد عشر عادت.",
        "سألها الحارس: «ولماذا تكتبين؟ البحر لا يقرأ». قالت: «يقرأ يا عمّ، ولكنه بطيء، ويحب الخط"
        " الواضح».",
        "وفي تلك الليلة هبّت ريح من الجنوب، فانحنى اللهب حتى كاد يلامس الزجاج، ثم استقام كمن تذكّر"
        " أنه على موعد.",
        "عند الفجر رأت القارب الثاني عشر. لم يكن فيه أحد، وكان على مقعده مصباح صغير مضاء، وورقة كُتب"
        " عليها بخط واضح: «قرأتُ».",
        "طوت سلمى الورقة ووضعتها بين صفحات الدفتر، ولم تخبر أحدا. ثم محت الأحد عشر وكتبت مكانها: عادت"
        " كلها.",
        "ومنذ ذلك اليوم صار أهل المرفأ يتركون عند المصباح أوراقا صغيرة: وصفة خبز، واسم مولود، وسؤالا"
        " واحدا لا يريدون له جوابا.",
        "وفي الشتاء، حين تطول الليالي، كانت سلمى تقرأ الأوراق بصوت مسموع، جملة لكل موجة، فلا يضيع"
        " منها شيء.",
    ],
    "الليلة الثانية": [
        "جاء رجل من المدينة يحمل ميزانا، وقال إنه يريد أن يزن الضوء.",
        "ضحكت سلمى وقالت: «زنه إذا نام البحر». فجلس ينتظر، وما زال ينتظر.",
    ],
}

TIDE = "潮の帳面"
TIDE_AUTHOR = "浜野 しずく"
TIDE_PAGES = {
    "一、満ち潮": [
        "港のいちばん端に、潮の帳面をつける小屋がある。帳面は青く、角がまるくすり減って、開くたびに"
        "かすかに塩の匂いがした。",
        "番人の娘の凪は、朝と晩に水の高さを書きこむ。数字のとなりに一行だけ、その日に海が言ったこと"
        "を書くのが、祖母の代からのならわしだった。",
        "「海は何と言いましたか」と、旅の人がたずねた。",
        "「まだ途中です」と凪は答えた。「一つの文を言い終えるのに、四十年かかるのです」",
        "旅の人は笑わなかった。鞄から小さな手帳を出し、窓のそばに腰をおろして、波の音をひとつずつ"
        "数えはじめた。",
        "夜になると風が南へまわった。灯りの炎は硝子にふれるほど傾き、それから、約束を思い出した人の"
        "ように、まっすぐに立ちなおった。",
        "明けがた、凪は帳面に書いた。満ち潮、三尺二寸。海は今日、読点をひとつ打った。",
        "旅の人はその行を長いこと見つめてから、静かに手帳を閉じた。「では、続きを待ちましょう」",
        "それからふたりは、湯をわかして、何も言わずに夜が明けるのを見ていた。",
    ],
    "二、引き潮": [
        "引き潮の朝、砂の上に古い文字が残っていた。",
        "凪はそれを消さないように、遠まわりをして井戸へ行った。",
    ],
}


def lamp() -> bytes:
    """Give a book in Arabic, as an EPUB."""
    book = Epub(
        title=LAMP,
        language="ar",
        identifier="urn:screens:lamp",
        metadata=f"<dc:creator>{LAMP_AUTHOR}</dc:creator>",
        spine_attributes='page-progression-direction="rtl"',
    )
    return _with_pages(book, LAMP_PAGES, head="").build()


def tide() -> bytes:
    """Give a book in Japanese whose lines run from top to bottom, as an EPUB."""
    book = Epub(
        title=TIDE,
        language="ja",
        identifier="urn:screens:tide",
        metadata=f"<dc:creator>{TIDE_AUTHOR}</dc:creator>",
        spine_attributes='page-progression-direction="rtl"',
    )
    book.file("lines.css", "html { writing-mode: vertical-rl; }", "text/css")
    return _with_pages(book, TIDE_PAGES, head='<link rel="stylesheet" href="lines.css"/>').build()


def _with_pages(book: Epub, pages: dict[str, list[str]], *, head: str) -> Epub:
    for number, (title, paragraphs) in enumerate(pages.items(), start=1):
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        book.page(f"c{number}.xhtml", f"<h1>{title}</h1>{text}", toc_title=title, head=head)
    return book
