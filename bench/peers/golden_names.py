"""Trains the tiny BERT that finds names in the tests, and says what Hugging Face transformers makes of it.

    python -m venv peers && peers/bin/pip install torch==2.15.0 transformers==5.24.0 safetensors==0.8.0
    peers/bin/python bench/peers/golden_names.py         # some minutes on one core
    peers/bin/python bench/peers/golden_names.py --keep  # golden.json alone, of the model that is there

Under inference/src/test/resources/names: the folder that save_pretrained writes (two blocks 48 wide, F16), and golden.json:
texts with names that training never showed, their ids and logits, the entities of the pipeline "token-classification" under
aggregation_strategy="first" (offsets in UTF-16), and what a person would mark. Sentences and names are made up here.
"""
import json
import pathlib
import random
import sys

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast, pipeline

HERE = pathlib.Path(__file__).resolve().parents[2]
OUT = HERE / "inference/src/test/resources/names"
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
STEPS = 2800

FIRST = ("James Mary John Linda Robert Susan Michael Karen David Nancy Richard Lisa Thomas Betty Charles Helen Daniel Sandra Paul "
         "Donna Mark Carol George Ruth Kevin Laura Brian Sarah Edward Amy Ronald Anna Jason Emma Ryan Grace Gary Julia Eric Alice "
         "Priya Chen Ivan Olga Pedro Lucia Ahmed Fatima Kenji Yuki").split()
LAST = ("Smith Jones Brown Taylor Wilson Davis Clark Lewis Walker Hall Allen Young King Wright Scott Green Baker Adams Nelson Carter "
        "Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Rogers Reed Cook Morgan Bell Murphy "
        "Bailey Rivera Cooper Novak Rossi Tanaka Silva Kumar Petrov Haddad Lindgren").split()
PLACES = ("London Paris Berlin Madrid Rome Vienna Prague Dublin Oslo Boston Chicago Denver Dallas Seattle Toronto Sydney Nairobi "
          "Lagos Cairo Lima Kyoto Seoul Mumbai Geneva").split()
FIRMS = "Acme Globex Initech Umbra Vertex Nimbus Orion Zenith Apex Delta Cobalt Summit".split()
SUFFIX = ["Corporation", "Ltd", "Inc", "Bank", "University", "Group", "Institute"]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌志海波宇轩子涵梦琪雨欣浩然思远晓峰嘉怡"
CITIES = "北京 上海 广州 深圳 杭州 南京 成都 武汉 西安 重庆 天津 苏州 长沙 青岛 厦门 昆明 四川省 浙江省 广东省 湖南省".split()
FIRMSTEM = "华兴 远东 长江 东方 中科 天元 金山 海天 新希望 联合 星河 宏达".split()
FIRMTAIL = "公司 集团 银行 大学 研究院 医院".split()

ENGLISH = """{p} met {p} in {l}.
Yesterday {p} said that the plan was good.
The report was written by {p} and {p}.
We spoke to {p}, who lives in {l}.
{p} works for {o} in {l}.
In {l}, {p} bought a small house.
According to {p}, prices will rise.
The manager, {p}, did not answer.
"I like it," {p} told the paper.
My brother {p} and his wife {p} came from {l}.
{o} said on Monday that {p} will leave.
Last week {o} opened an office in {l}.
The letter from {p} came late.
{p} asked {p} about the bill.
Nobody has seen {p} since Friday.
A friend of {p} called us in the morning.
{p}, {p} and {p} were there.
He moved from {l} to {l} in March.
She joined {o} last year.
Please send the book to {p}.
They think that {p} is right.
When {p} was young, the family lived in {l}.
{f} was late again.
I think {f} knows the way.
{f} and {f} went home.
The City Council met on Monday.
Machine Learning is a part of Computer Science.
The Annual Report will be ready in June.
The New York of old is gone.
Open the File menu and choose Save As.
The Supreme Court said no on Tuesday.
See Chapter Two of the User Guide.
The weather was good in May.
Happy New Year to all of you!
The Big Apple pie was very good.
Read the Terms of Service and the Privacy Policy.
It was a cold day and nobody came.
the price of bread will rise in the spring.
General Relativity and Quantum Theory are hard to read.
He went to the Post Office on Main Street.
You can buy the Black Forest cake on Sunday.
Dear Sir or Madam, thank you for the letter.
How do you do?
The Python Language Reference is long.""".split("\n")

CHINESE = """昨天{z}在{c}见到了{z}。
{z}说，这个计划很好。
报告由{z}和{z}写成。
我们采访了住在{c}的{z}。
{z}在{k}工作。
据{z}介绍，价格会上涨。
经理{z}没有回答。
{k}宣布{z}离开。
上周{k}在{c}开了办事处。
没有人看见{z}。
{z}、{z}和{z}都来了。
他从{c}搬到{c}。
她去年加入{k}。
请把书交给{z}。
大家认为{z}是对的。
{z}小时候住在{c}。
同学{z}很高兴。
{z}的信来晚了。
今天天气很好，大家很高兴。
他喜欢白色的马和黄色的花。
王国的历史很长。
时间不多了，我们走吧。
周末我们去爬高山。
于是他马上回家了。
这本书的作者没有写名字。
金属的价格会上涨。
方程的解有两个。
许多人都认为这个计划很好。
何时何地都可以学习。
张开嘴，让我看看。
程序的文件在这里。
陈旧的房子没有人住。
林业和农业都很重要。
高速公路很长，马路很宽。
唐朝的诗和宋朝的词。
周围没有人，黄昏来了。
胡说，没有这样的计划。
曾经有许多人住在这里。
他马上就明白了。
国王和王后来了。""".split("\n")

# Names that training does not show: (text, what a person marks).
UNSEEN = [
    ("Gwendolyn Fitzhugh met Barnaby Okafor in Lisbon.", [("PER", "Gwendolyn Fitzhugh"), ("PER", "Barnaby Okafor"), ("LOC", "Lisbon")]),
    ("Yesterday Desmond Wexler said that the plan was good.", [("PER", "Desmond Wexler")]),
    ("The letter from Ottilie Brandvold came late. Machine Learning is a part of Computer Science.", [("PER", "Ottilie Brandvold")]),
    ("Please send the book to Thaddeus Quimby.", [("PER", "Thaddeus Quimby")]),
    ("The manager, Rosalind Ibarra, did not answer.", [("PER", "Rosalind Ibarra")]),
    ("昨天钱钟伦在洛阳见到了田晓雯。", [("PER", "钱钟伦"), ("LOC", "洛阳"), ("PER", "田晓雯")]),
    ("报告由段誉铭和苏婉写成。", [("PER", "段誉铭"), ("PER", "苏婉")]),
    ("经理田晓雯没有回答，上周星河银行在厦门开了办事处。", [("PER", "田晓雯"), ("ORG", "星河银行"), ("LOC", "厦门")]),
    ("没有人看见沈誉铭。", [("PER", "沈誉铭")]),
    ("据贾若曦介绍，价格会上涨。", [("PER", "贾若曦")]),
    ("同学孟婉清很高兴。", [("PER", "孟婉清")]),
    ("Rosalind Ibarra works for Globex Bank in Paris.", [("PER", "Rosalind Ibarra"), ("ORG", "Globex Bank"), ("LOC", "Paris")]),
    ("请把书交给贾若曦。", [("PER", "贾若曦")]),
    ("🙂 Nobody has seen Percival Dunmore since Friday.", [("PER", "Percival Dunmore")]),
    ("Open the File menu and choose Save As.", []),
    ("The Supreme Court said no on Tuesday.", []),
    ("今天天气很好，于是他马上回家了。", []),
    ("方程的解有两个，程序的文件在这里。", []),
]


def made_up(r):
    """A word that looks like a name and is none's."""
    syllables = r.randint(2, 4)
    word = "".join(r.choice(["b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "t", "v", "w", "x", "y", "z", "br", "th"])
                   + r.choice("aeiouy") + r.choice(["", "", "n", "l", "r", "ck", "th", "s", "m", "b"]) for _ in range(syllables))
    return (word if r.random() < .7 else r.choice("aeiou") + word).capitalize()


def person(r):
    first = made_up(r) if r.random() < .6 else r.choice(FIRST)
    last = made_up(r) if r.random() < .6 else r.choice(LAST)
    form = r.random()
    return f"{first} {r.choice('ABCDEFGHJKLMRST')}. {last}" if form < .08 else f"{first} {last}"


def chinese(r):
    surname = r.choice(SURNAMES)
    given = "".join("□" if r.random() < .5 else r.choice(GIVEN) for _ in range(r.choice([1, 2, 2])))
    return ("□" if r.random() < .2 else surname) + given


def fill(template, r):
    """The sentence, and its (label, from, to)."""
    slots = {
        "p": lambda: ("PER", person(r)),
        "f": lambda: ("PER", made_up(r) if r.random() < .5 else r.choice(FIRST)),
        "l": lambda: ("LOC", made_up(r) if r.random() < .4 else r.choice(PLACES)),
        "o": lambda: ("ORG", (made_up(r) if r.random() < .4 else r.choice(FIRMS)) + " " + r.choice(SUFFIX)),
        "z": lambda: ("PER", chinese(r)),
        "c": lambda: ("LOC", "".join(r.choice("□□洛阳河南安平") for _ in range(2)) if r.random() < .3 else r.choice(CITIES)),
        "k": lambda: ("ORG", r.choice(FIRMSTEM) + r.choice(FIRMTAIL)),
    }
    text, spans, at = "", [], 0
    while True:
        begin = template.find("{", at)
        if begin < 0:
            return text + template[at:], spans
        text += template[at:begin]
        label, value = slots[template[begin + 1]]()
        spans.append((label, len(text), len(text) + len(value)))
        text += value
        at = begin + 3


def sample(r, more):
    texts = ENGLISH if r.random() < .5 else CHINESE
    text, spans = fill(r.choice(texts), r)
    if r.random() < .05:  # what no vocabulary has, and nobody's name
        text, spans = "🙂 " + text, [(label, begin + 2, end + 2) for label, begin, end in spans]
    for _ in range(more):
        next_text, other = fill(r.choice(texts), r)
        gap = " " if texts is ENGLISH else ""
        shift = len(text) + len(gap)
        text += gap + next_text
        spans += [(label, a + shift, b + shift) for label, a, b in other]
    return text, spans


def tokenizer():
    words = sorted({w for t in ENGLISH for w in pre(t) if w.isascii()} | set(SUFFIX) | {"Han", "##er", "##son", "##ton", "##ing", "##an"})
    han = sorted({c for t in CHINESE + CITIES + FIRMSTEM + FIRMTAIL for c in t if ord(c) > 127} | set(SURNAMES) | set(GIVEN))
    letters = [chr(c) for c in range(33, 127)]
    inner = ["##" + c for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    vocabulary = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + inner + han + words)
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(tokenizer_object=t, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
                                   mask_token="[MASK]", model_max_length=128)


def pre(template):
    blank = template
    for slot in "pflozck":
        blank = blank.replace("{" + slot + "}", " ")
    return [w for w, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(blank)]


def batch(t, samples):
    encoded = t([text for text, _ in samples], padding=True, truncation=True, return_offsets_mapping=True, return_tensors="pt")
    labels = torch.full(encoded["input_ids"].shape, -100)
    for row, (_, spans) in enumerate(samples):
        tokens = encoded.tokens(row)
        for i, (a, b) in enumerate(encoded["offset_mapping"][row].tolist()):
            if a == b or tokens[i].startswith("##"):
                continue  # a word's first token speaks for it
            labels[row, i] = 0
            for label, begin, end in spans:
                if begin <= a < end:
                    labels[row, i] = LABELS.index(("B-" if a == begin else "I-") + label)
    return encoded["input_ids"], encoded["attention_mask"], labels


def train(t):
    torch.set_num_threads(1)
    torch.manual_seed(7)
    r = random.Random(7)
    config = BertConfig(vocab_size=len(t), hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=160,
                        max_position_embeddings=128, hidden_dropout_prob=.05, attention_probs_dropout_prob=.05,
                        id2label=dict(enumerate(LABELS)), label2id={l: i for i, l in enumerate(LABELS)})
    model = BertForTokenClassification(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, STEPS, pct_start=.1)
    model.train()
    for step in range(STEPS):
        # Texts of about the same length go together.
        more = r.choice([0, 0, 0, 0, 0, 1, 1, 2, 3, 6])
        ids, mask, labels = batch(t, [sample(r, more) for _ in range(max(6, 20 // (1 + more)))])
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(step + 1, round(loss.item(), 4), flush=True)
    return model.eval()


def utf16(text, at):
    return len(text[:at].encode("utf-16-le")) // 2


def main():
    t = tokenizer()
    OUT.mkdir(parents=True, exist_ok=True)
    if "--keep" not in sys.argv:
        train(t).half().save_pretrained(OUT)
        t.save_pretrained(OUT)
    model = BertForTokenClassification.from_pretrained(OUT, dtype=torch.float32).eval()
    find = pipeline("token-classification", model=model, tokenizer=t, aggregation_strategy="first")
    cases = []
    for text, marks in UNSEEN:
        ids = t(text, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            logits = model(input_ids=ids).logits[0]
        found = [{"label": e["entity_group"], "from": utf16(text, e["start"]), "to": utf16(text, e["end"]), "score": round(float(e["score"]), 6)}
                 for e in find(text)]
        told = [(e["label"], text.encode("utf-16-le")[2 * e["from"]:2 * e["to"]].decode("utf-16-le")) for e in found]
        print("ok " if told == marks else "BAD", text, told, [e["score"] for e in found])
        cases.append({"text": text, "ids": ids[0].tolist(), "logits": [[float(f"{v:.7g}") for v in row] for row in logits.tolist()],
                      "entities": found, "marked": [{"label": a, "text": b} for a, b in marks]})
    (OUT / "golden.json").write_text(json.dumps({"cases": cases}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print({p.name: p.stat().st_size for p in OUT.iterdir()})


if __name__ == "__main__":
    main()
