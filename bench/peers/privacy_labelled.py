"""Writes the labelled texts that `athanor data privacy-check` and its test measure precision and recall on.

Templates are written by hand; values come from fictional ranges where there are any (555-01xx numbers, Microsoft's fictional
firms, Ofcom's drama numbers, published test cards and IBANs), else they are drawn with valid checksums from a fixed seed and are
nobody's on purpose. One case a line, `\\n` for a new line, `\\j` for nothing, labelled parts as ⟦kind:text⟧; a line without one is a hard negative.

    python bench/peers/privacy_labelled.py data/src/main/resources/dev/athanor/data/privacy
"""
import base64, hashlib, random, re, sys, uuid
from pathlib import Path

R = random.Random(20261130)
OUT = Path(sys.argv[1])


def digits(n): return "".join(R.choice("0123456789") for _ in range(n))
def alnum(n): return "".join(R.choice("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789") for _ in range(n))


def resident(region=None, ok=True):
    region = region or R.choice(["110101", "310115", "440305", "330106", "510107", "420111", "610113", "320583", "370202", "210211", "350203", "530102"])
    body = region + f"{R.randint(1930, 2010)}{R.randint(1, 12):02d}{R.randint(1, 28):02d}" + digits(3)
    w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    c = "10X98765432"[sum(a * int(b) for a, b in zip(w, body)) % 11]
    if not ok:
        c = R.choice([x for x in "0123456789" if x != c])
    return body + c


def luhn(prefix, n, ok=True):
    body = prefix + digits(n - 1 - len(prefix))
    s = 0
    for i, d in enumerate(reversed(body)):
        v = int(d) * (2 if i % 2 == 0 else 1)
        s += v - 9 if v > 9 else v
    c = (10 - s % 10) % 10
    return body + str(c if ok else (c + 1 + R.randrange(9)) % 10)


def four(s, sep=" "): return sep.join(s[i:i + 4] for i in range(0, len(s), 4))


def credit(letters=True, ok=True):
    al = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    org = ("MA" + "".join(R.choice(al) for _ in range(7))) if letters else digits(9)
    body = "91" + R.choice(["110108", "310000", "440300", "330100"]) + org
    s = sum(al.index(ch) * pow(3, i, 31) for i, ch in enumerate(body))
    c = (31 - s % 31) % 31
    return body + al[c if ok else (c + 5) % 31]


def iban(country, bban):
    rest = bban + country + "00"
    n = int("".join(str(int(ch, 36)) for ch in rest))
    return f"{country}{98 - n % 97:02d}{bban}"


def mobile(): return R.choice(["130", "135", "138", "139", "150", "158", "166", "177", "186", "188", "199"]) + digits(8)
def mrz_check(f): return str(sum((7, 3, 1)[i % 3] * (0 if ch == "<" else int(ch, 36)) for i, ch in enumerate(f)) % 10)


def mrz(sur, given, country="UTO"):
    one = f"P<{country}{sur}<<{given}"; one += "<" * (44 - len(one))
    num = "L" + digits(8); birth = f"{R.randint(50, 99)}{R.randint(1, 12):02d}{R.randint(1, 28):02d}"; exp = f"3{R.randint(0, 9)}{R.randint(1, 12):02d}{R.randint(1, 28):02d}"
    two = num + mrz_check(num) + country + birth + mrz_check(birth) + "F" + exp + mrz_check(exp) + "<" * 14 + "0"
    return one + "\\n" + two + mrz_check(two[0:10] + two[13:20] + two[21:43])


def base58check(version=0):
    al = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    raw = bytes([version]) + bytes(R.randrange(256) for _ in range(20))
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    n = int.from_bytes(raw, "big"); s = ""
    while n: n, r = divmod(n, 58); s = al[r] + s
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + s


def pem(kind="RSA PRIVATE KEY"):
    body = base64.b64encode(bytes(R.randrange(256) for _ in range(240))).decode()
    lines = "\\n".join(body[i:i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN \\j{kind}-----\\n{lines}\\n-----END {kind}-----"


def jwt():
    def b(n): return base64.urlsafe_b64encode(bytes(R.randrange(256) for _ in range(n))).decode().rstrip("=")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(b'{"sub":"%d","iat":%d}' % (R.randrange(10**9), R.randrange(10**9, 2 * 10**9))).decode().rstrip("=")
    return f"{head}.{body}.{b(32)}"


def m(kind, value): return f"⟦{kind}:{value}⟧"
def public_ip(): return f"{R.choice([36, 47, 58, 81, 101, 121, 140, 185, 211])}.{R.randint(0, 255)}.{R.randint(0, 255)}.{R.randint(1, 254)}"
def mac(sep=":"): return sep.join([R.choice(["3c", "a4", "f0", "00", "d8", "7c"])] + [f"{R.randrange(256):02x}" for _ in range(5)])


EN_NAMES = ["John Smith", "Mary Johnson", "Emily Carter", "Robert Fairbanks", "Priya Raghavan", "Miguel Alvarez", "Anna Kowalski", "David O'Neill", "Grace Hopkins", "Thomas Wright"]
ZH_NAMES = ["张伟明", "王小丽", "李志强", "刘洋", "欧阳雪", "赵敏", "陈建国", "周杰然", "司马昭华", "吴倩"]
US_ADDRESSES = ["1428 Elm Street, Springwood, OH 45011", "742 Evergreen Terrace, Springfield, OR 97475", "350 Fifth Avenue, Apt 12C, New York, NY 10118", "221B Baker Street",
                "12 Grimmauld Place", "4059 Mt Lee Drive, Los Angeles, CA 90068", "88 Colin P Kelly Way, San Rafael, CA 94107", "31 Spooner Street", "17 Cherry Tree Lane", "9764 Jeopardy Lane, Chicago, IL 60601"]
ZH_ADDRESSES = ["北京市海淀区中关村大街27号", "上海市浦东新区世纪大道100号3号楼2单元501室", "广东省深圳市南山区科技园路15号", "浙江省杭州市西湖区文三路478号华星大厦", "四川省成都市武侯区人民南路四段12号",
                "江苏省苏州市工业园区星湖街328号", "武汉市洪山区珞喻路1037号", "南京市鼓楼区汉口路22号5栋302室", "重庆市渝中区解放碑步行街8号", "西安市雁塔区长安南路199号"]
EN_MAILS = ["alice.walker@contoso.com", "j.doe77@fabrikam.org", "sales+eu@tailspintoys.co.uk", "maria_lopez@wingtiptoys.net", "k.tanaka@northwindtraders.io", "bob-99@litware.edu"]
ZH_MAILS = ["zhangwei_2020@contoso.cn", "wang.xl@fabrikam.com.cn", "liuyang1990@litware.com", "hr@wingtiptoys.cn"]
US_PHONES = ["(212) 555-0143", "415-555-0198", "+1 617 555 0123", "310.555.0176", "1-202-555-0111", "+1 (503) 555-0144"]
CARDS = ["4111 1111 1111 1111", "5555 5555 5555 4444", "3782 822463 10005", "6011-1111-1111-1117", "4242 4242 4242 4242", "3566 0020 2036 0505"]
IBANS = ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "FR14 2004 1010 0505 0001 3M02 606", "NL91ABNA0417164300", iban("ES", digits(20)), iban("AT", digits(16))]

en, zh, code = [], [], []

for i, a in enumerate(EN_MAILS):
    en += [f"Please write to {m('email', a)} before Friday.", f"Contact: <{m('email', a)}>", f"I forwarded it to {m('email', a)}, who never replied."][: 2 + i % 2]
en += [f"Reach me: {m('email', 'jane dot miller at contoso dot com')}.", f"mail: {m('email', 'k.jones (at) fabrikam (dot) org')}", f"{m('email', 'pat[at]litware[dot]net')} is my address",
       f"Write to {m('email', 'lee at wingtiptoys dot co dot uk')} please", f"e-mail: {m('email', 'sam at northwind dot com')}"]
for p in US_PHONES:
    en += [f"Call me at {m('phone', p)} after six.", f"Phone: {m('phone', p)}, ask for the manager.", f"You can also text us: {m('phone', p)}"]
en += [f"The office line is {m('phone', p)}." for p in ["(212) 555-0187", "(646) 555-0102", "+44 20 7946 0018", "+49 30 901820", "+86 10 6278 1234", "+33 1 42 68 53 00", "+81 3-3224-5000"]]
en += [f"Tel. {m('phone', '020 7946 0321')}", f"mobile {m('phone', '07700 900982')}", f"Fax: {m('phone', '617.555.0145')}", f"phone {m('phone', '212-555-0199 ext. 42')}"]
for c in CARDS:
    en += [f"Charge it to my card {m('bank_card', c)}, expiry 04/29.", f"Credit card: {m('bank_card', c)}"]
en += [f"My card number is {m('bank_card', luhn('4', 16))}.", f"She paid by Visa {m('bank_card', luhn('4', 16))} in March.", f"Mastercard {m('bank_card', four(luhn('53', 16)))} was declined."]
en += [f"Transfer the rent to {m('iban', x)}." for x in IBANS] + [f"IBAN: {m('iban', x)}" for x in IBANS[:4]]
for s in ["219-09-9999", "078-05-1120", "457-55-5462", "123-45-6789"]:
    en += [f"Her social security number is {m('ssn', s)}.", f"SSN: {m('ssn', s)}", f"Employee {m('ssn', s)} was hired in May."]
en += [f"SSN {m('ssn', '457555462')} on file"]
en += [f"Passport number {m('passport', p)} expires in 2031." for p in ["C01234567", "E" + digits(8), "123456789", "AB1234567", "X" + digits(7)]]
en += [f"Scan: {m('passport', mrz('ERIKSSON', 'ANNA<MARIA'))}", f"{m('passport', mrz('SPECIMEN', 'JOHN'))}", f"MRZ\\n{m('passport', mrz('ROSSI', 'MARIO<LUCA', 'ITA'))}\\nend"]
for i in range(6):
    ip = public_ip()
    en += [f"The request came from {m('ip', ip)} at noon.", f"Client IP: {m('ip', ip)}:8443"]
en += [f"Blocked {m('ip', x)} yesterday." for x in ["2a02:26f0:1700::b81c:4a9", "2606:4700:3033:0:0:0:6815:1c2f", "2400:cb00:2048:1::c629:d7a2"]]
en += [f"device {m('mac', mac())} joined the network", f"MAC address: {m('mac', mac('-').upper())}", f"hwaddr {m('mac', mac())}"]
en += [f"Date of birth: {m('birth_date', d)}" for d in ["1984-07-22", "03/15/1979", "12 March 1991", "January 5, 1968", "22.11.1955"]]
en += [f"DOB {m('birth_date', '07/04/1976')}, male", f"She was born on {m('birth_date', 'April 12, 1982')} in Leeds.", f"Birthday: {m('birth_date', '2001/02/03')}"]
for a in US_ADDRESSES:
    en += [f"Ship it to {m('address', a)}."]
en += [f"Address: {m('address', a)}" for a in US_ADDRESSES[:6]] + [f"We moved to {m('address', a)} last year." for a in US_ADDRESSES[3:8]]
for n in EN_NAMES:
    en += [f"Full name: {m('name', n)}", f"Hello, my name is {m('name', n)} and I have a question."]
en += [f"Name: {m('name', 'Mary Johnson')}\\nAge: 31", f"Dear Mr. {m('name', 'Fairbanks')},\\nthank you for your letter.", f"Dear Dr. {m('name', 'Alvarez')}, the results are in.", f"Patient name: {m('name', 'Emily Carter')}",
       f"Contact person: {m('name', 'David Hill')}, {m('phone', '+1 312 555 0191')}", f"Cardholder: {m('name', 'Grace Hopkins')}\\nCard number: {m('bank_card', luhn('4', 16))}"]
en += [f"Donate BTC: {m('wallet', base58check())}", f"Bitcoin wallet {m('wallet', base58check(5))}", f"btc {m('wallet', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')}", f"My eth wallet is {m('wallet', '0x' + hashlib.sha1(b'a').hexdigest())}."]

for a in ZH_MAILS:
    zh += [f"请将简历发送至{m('email', a)}，谢谢。", f"邮箱：{m('email', a)}", f"投稿邮箱是 {m('email', a.replace('@', '＠'))} 。"]
for i in range(10):
    p = mobile()
    q = p if i % 3 == 0 else f"{p[:3]}-{p[3:7]}-{p[7:]}" if i % 3 == 1 else f"{p[:3]} {p[3:7]} {p[7:]}"
    zh += [f"有事请打我电话{m('phone', q)}。", f"手机号：{m('phone', q)}", f"租房的朋友加我{m('phone', q)}，房子靠近地铁。"]
zh += [f"联系电话：{m('phone', x)}" for x in ["010-62781234", "021-58887766", "0571-88881234", "0755-26001234-801", "+86 138 0013 8000", "+86-21-58887766", "62785001", "02887654321"]]
zh += [f"前台座机{m('phone', x)}，周一至周五接听。" for x in ["010-62781234", "(0512)65221234", "0755-26001234转801", "029-88201234"]]
zh += [f"传真：{m('phone', '（010）62785678')}"]
for i in range(10):
    x = resident()
    zh += [f"身份证号：{m('resident_id', x)}", f"当事人（{m('resident_id', x)}）已到庭。", f"他的证件号码是{m('resident_id', x)}，请核对。"]
zh += [f"旧身份证号码{m('resident_id', '110105491231002')}需要更换。", f"身份证 {m('resident_id', '440304640815123')}"]
zh += [f"身份证：{m('resident_id', '11010519491231002X')}", f"公民身份号码{m('resident_id', '34052419800101001X')}", f"身份证号为 {m('resident_id', resident())}"]
for i in range(8):
    c = luhn(R.choice(["622202", "621700", "622848", "625900", "622588"]), R.choice([16, 19]))
    zh += [f"银行卡号：{m('bank_card', c)}", f"请把钱打到{m('bank_card', four(c))}，户名见下。", f"卡号 {m('bank_card', c)} 开户行为海淀支行"]
for i in range(6):
    x = credit(i % 2 == 0)
    zh += [f"统一社会信用代码：{m('credit_code', x)}", f"税号{m('credit_code', x)}，请开增值税发票。"]
zh += [f"甲方：某某科技有限公司（{m('credit_code', credit())}）", f"该公司登记号为{m('credit_code', credit())}。"]
zh += [f"护照号：{m('passport', x)}" for x in ["E" + digits(8), "G" + digits(8), "EA" + digits(7), "EK" + digits(7)]] + [f"持{m('passport', 'E' + digits(8))}号护照入境"]
for i in range(4):
    ip = public_ip()
    zh += [f"该用户的IP地址为{m('ip', ip)}。", f"来自 {m('ip', ip)} 的访问被拒绝"]
for x in ["京A12345", "沪B·8K672", "粤BD12345", "浙A9F875", "川A·D52013", "苏E 5T33X", "鄂A3628挂", "京N·8P8F8"]:
    zh += [f"车牌号{m('plate', x)}的车主请挪车。", f"一辆{m('plate', x)}白色轿车逃逸"]
for x in ["xiaoming_1988", "wxid_8k2m4n6p8q1r22", "li-hua2021", "abc_778899"]:
    zh += [f"微信号：{m('messenger', x)}", f"加微信{m('messenger', x)}咨询"]
zh += [f"QQ：{m('messenger', x)}" for x in ["10001234", "2850123456", "774512339"]] + [f"我的QQ号是{m('messenger', '359871234')}", f"进群加QQ群：{m('messenger', '612345987')}", f"VX：{m('messenger', 'zhangsan888')}"]
for d in ["1985年3月12日", "1992-08-01", "1978/11/30", "2003年12月5日"]:
    zh += [f"出生日期：{m('birth_date', d)}", f"他生于{m('birth_date', d)}，籍贯不详。"]
for a in ZH_ADDRESSES:
    zh += [f"收货地址：{m('address', a)}", f"公司位于{m('address', a)}，交通便利。"]
zh += [f"他住在{m('address', '阳光花园小区3栋2单元501室')}。", f"家住{m('address', '幸福里小区12幢1单元302室')}", f"请到{m('address', '解放路88号')}领取。"]
for n in ZH_NAMES:
    zh += [f"姓名：{m('name', n)}  性别：女", f"大家好，我叫{m('name', n)}，很高兴认识大家。", f"收件人：{m('name', n)} 电话：{m('phone', mobile())}"]
zh += [f"姓名：{m('name', '李志强')}，身份证号：{m('resident_id', resident())}，手机：{m('phone', mobile())}，住址：{m('address', '北京市朝阳区建国路93号院8号楼')}。",
       f"联系人：{m('name', '赵敏')}\\n微信：{m('messenger', 'zhaomin_0412')}\\n邮箱：{m('email', 'zhaomin@contoso.cn')}"]

def S(v): return m("secret", v[:2] + "\\j" + v[2:])  # \\j is nothing: no scanner of repositories shall take these for real
code += [f'aws_access_key_id = {S("AKIA" + "".join(R.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)))}' for _ in range(4)]
code += [f'aws_secret_access_key = "{S(base64.b64encode(bytes(R.randrange(256) for _ in range(30))).decode())}"' for _ in range(3)]
code += [f'export GITHUB_TOKEN={S("ghp_" + alnum(36))}' for _ in range(3)] + [f'token: {S("github_pat_" + alnum(22) + "_" + alnum(59))}']
code += [f'slack = "{S("xoxb-" + digits(12) + "-" + digits(12) + "-" + alnum(24))}"' for _ in range(2)]
code += [f'const key = "{S("AIza" + alnum(35))}";' for _ in range(3)] + [f'stripe.api_key = "{S("sk_live_" + alnum(24))}"' for _ in range(2)]
code += [f'openai.api_key = "{S("sk-" + alnum(48))}"', f'client = OpenAI(api_key="{S("sk-proj-" + alnum(60))}")', f'ANTHROPIC_API_KEY={S("sk-ant-api03-" + alnum(80))}']
code += [f'Authorization: Bearer {S(jwt())}' for _ in range(3)] + [f'hf_token = "{S("hf_" + alnum(34))}"', f'//registry.npmjs.org/:_authToken={S("npm_" + alnum(36))}', f'glpat = "{S("glpat-" + alnum(20))}"']
code += [f'cat > id_rsa <<EOF\\n{m("private_key", pem())}\\nEOF', f'key = """{m("private_key", pem("PRIVATE KEY"))}"""', m("private_key", pem("EC PRIVATE KEY")), m("private_key", pem("OPENSSH PRIVATE KEY"))]
code += [f'String password = "{S(p)}";' for p in ["Tr0ub4dor&3", "S3cure!pass", "hunter2#2024"]] + [f'db_password: "{S("qW8$kz!77pLm")}"', f"'password' => '{S('P@ssw0rd!2023')}',", f'DB_PASSWORD={S("x7Kq9mPz42Lw")}', f'spring.datasource.password={S("Adm1n#2022")}',
         f'client_secret = "{S(alnum(32))}"', f'"apiKey": "{S(alnum(40))}"', f'api_key="{S(hashlib.md5(b"k").hexdigest())}"', f'SECRET_KEY = "{S("django-insecure-" + alnum(40))}"', f'private const string ApiKey = "{S(alnum(32))}";', f"auth_token: '{S(hashlib.sha1(b'q').hexdigest())}'"]
C = lambda v: m("url_credentials", v)
code += [f'DATABASE_URL=postgres://{C("svc:" + alnum(12))}@db.fabrikam.com:5432/app', f'url = "mysql://{C("root:S3cret99")}@10.0.0.5/test"', f'git clone https://{C("deploy:" + alnum(20))}@git.contoso.com/a/b.git', f'amqp://{C("guest9:Gx77pq1")}@broker.litware.net', f'redis://{C("cache:9fK2mm1z")}@r.fabrikam.org:6379/0',
         f'mongodb+srv://{C("admin:" + alnum(16))}@cluster0.litware.net/db']
code += [f'# Author: {m("email", a)}' for a in EN_MAILS[:4]] + [f' * @author J. Walker <{m("email", "jw@contoso.com")}>', f'git config user.email "{m("email", "kim@fabrikam.io")}"', f"MAINTAINER {m('email', 'ops@litware.com')}"]
code += [f'server {m("ip", public_ip())};', f'ALLOWED_HOSTS = ["{m("ip", public_ip())}"]', f'ssh root@{m("ip", public_ip())}', f'const HOST = "{m("ip", public_ip())}";']
code += [f'phone = "{m("phone", mobile())}"', f'sms.send("{m("phone", "+86" + mobile())}", text)', f'tel: "{m("phone", "+1-415-555-0134")}"', f'idCard = "{m("resident_id", resident())}"', f'wol {m("mac", mac())}']

NEG_EN = ["Order 4111-2222-3333 shipped.", "Order number 4929123412341234 was refunded.", "ISBN 978-0-13-468599-1 is out of print.", "ISBN-10: 0-306-40615-2", "ISSN 2049-3630", "Version 1.2.3.4 fixes the crash.", "Upgrade to v10.15.7.2 now.",
          "Firmware 21.4.2.1 and driver 47.12.9.3 are supported.", "See section 3.2.1.4 of the manual.", "OID 1.3.6.1.4.1.311.21.20", "The router is at 192.168.1.1.", "Listen on 0.0.0.0 or 127.0.0.1", "Documentation uses 192.0.2.44 and 2001:db8::1.",
          "DNS servers 8.8.8.8 and 1.1.1.1", "Timestamp 1700000000000 ms", "epoch=1699999999", "UUID 123e4567-e89b-12d3-a456-426614174000", "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709", "The price rose from $1,299.00 to $13,800.13.", "Population 13,800,138,000?", "6.02214076e23 per mole",
          "pi = 3.14159265358979323846", "The speed of light is 299792458 m/s.", "Planck: 6.62607015×10^-34", "In 1985 we moved to Boston.", "Chapter 12 Main ideas", "10 Downing the drink quickly", "Call 911 in an emergency.", "Room 404 was not found.", "2024-11-30 14:05:09", "From 10:30:45 to 11:45:10", "The ratio is 16:9:4.",
          "Part No. 555-123-4567-A", "SKU 123-45-67890", "case no. 219-09-123", "SSN must not be 000-12-3456.", "666-12-3456 is never issued", "987-65-4321 cannot be one either", "Tracking 1Z999AA10123456784", "doi:10.1000/182.55501.4321", "arXiv:2101.00001", "PMID 31452104", "Lot B1234567890123", "model E12345678 fridge",
          "He scored 212 555 0143 points? No.", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "4 8 15 16 23 42", "0.5 0.25 0.125 0.0625", "The matrix [1111 2222 3333 4444] is singular.", "4111 1111 1111 1112 fails the checksum.", "user@localhost", "someone@example.com is a placeholder", "@username mentioned you", "price @ 5.00 each",
          "Meet at noon dot the i", "We looked at google dot matrices", "He arrived at com", "a@b", "ratio 3@4.5", "Mr. Darcy walked in.", "Name: Build and Test", "name: upload-artifact", "Dr. Strangelove is a film.", "My name is not important.", "Full name: ____", "Wall Street fell 3 percent.", "On Madison Avenue, 3 firms merged.",
          "7 Habits of Highly Effective People", "50 Cent Street Style", "Donate today", "bitcoin reached 60000 dollars", "0xdeadbeef", "1BoatSLRHtKNngkdXEeobR76b53LETtpyX is broken", "date of birth: unknown", "born in 1984", "Born on the Fourth of July", "Patent US 7,123,456 B2", "ZIP 90210-1234", "It weighs 12.345.678 grams.", "Flight UA 2024 at gate 12",
          "The 802.11.2.4 GHz band", "IPv6 link fe80::1ff:fe23:4567:890a", "loopback ::1", "std::vector<int>::iterator", "MAC ff:ff:ff:ff:ff:ff is broadcast", "02:42:ac:11:00:02 is a container", "fingerprint 43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8", "GB82 WEST 1234 5698 7654 33 has a wrong checksum", "DE00 0000 0000 0000 0000 00"]
NEG_ZH = [f"订单号：{mobile()}", "订单编号202311300012345678已发货", f"{resident(ok=False)}这个号码校验不通过", f"错误的身份证号：{resident(ok=False)}", f"编号{resident(ok=False)}", "110101209913011234", "快递单号：75312345678901", "文件大小为13421772800字节", "全年营收13812345678元", "人口13912345678人（虚构）",
          f"流水号{luhn('62', 19, ok=False)}", f"卡号 {luhn('62', 19, ok=False)} 有误", "客服热线400-820-8820", "请拨打 800-810-8888", "拨打110报警，120急救", "统一社会信用代码：91110108MA01ABCD2X有误", "版本号1.2.3.4", "升级到10.0.19.45版本", "第3.2.1.4节", "服务器内网地址192.168.10.25", "网关10.0.0.1", "公共DNS为114.114.114.114",
          "1949年10月1日", "2023年12月31日23:59:59", "生日快乐", "出生日期：不详", "生于清末", "微信支付", "微信公众号", "微信小程序开发教程", "QQ音乐2023", "QQ浏览器", "地铁2号线", "6月1号", "三号楼", "第5号台风", "高速公路13号出口", "一路88个红灯", "道路千万条，安全第一条", "人行道2米", "北京欢迎你", "京东618大促", "川菜18道", "云A计划",
          "沪深300指数", "京A", "苏B类考试", "粤港澳12345", "姓名权", "姓名：", "联系人列表", "我叫外卖", "我叫了一辆车", "我叫他过来", "负责人表示，项目进展顺利", "收件人不在", "密码：忘记了", "请输入密码：", "护照办理流程", "护照有效期10年", "价格为¥12,999.00", "股票代码600519", "基金代码：110011", "邮编100084", "QQ：群主", "书号978-7-111-54742-6", "圆周率3.1415926535897932384626",
          "学号2019012345", "工号：13912", "京ICP备12345678号", "国药准字H20123456", "GB 11643-1999", "GB/T 2260-2007", "粤（2021）深圳市不动产权第0012345号", "(2020)京01民终1234号", "发票号码：12345678", "电话会议", "手机12期免息", "手机销量超过1000000台", "车牌识别率99.5%", "鄂尔多斯", "A股13900点", "时间戳1700000000000", "毫秒1699999999999"]
NEG_CODE = ['password = getpass.getpass()', 'String password = request.getParameter("password");', 'password = "your_password_here"', 'api_key = os.environ["API_KEY"]', 'token = "<your-token>"', 'const secret = process.env.SECRET_KEY;', 'password: ${DB_PASSWORD}', 'apiKey: "{{ api_key }}"', 'passwd = "changeme"', 'PASSWORD_FIELD = "user_password"',
            'token = lexer.next_token()', 'if (token == "identifier") {', 'expect(token).toBe("abc")', 'private static final String TOKEN_HEADER = "X-Auth-Token";', 'var password = null;', 'password: string;', 'pwd = $(pwd)', 'secret: Optional[str] = None', 'AKIAIOSFODNN7EXAMPLE', 'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
            'sk-learn is a library; sk-toggleable__label', 'class="sk-estimator sk-toggleable"', 'AIzaSy', 'ghp_short', '-----BEGIN PUBLIC KEY-----\\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\\n-----END PUBLIC KEY-----', '-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----', 'http://user:password@host/', 'https://example.com:8080/path@2x.png', 'jdbc:mysql://localhost:3306/db', 'ftp://anonymous@ftp.gnu.org',
            '@Override public String toString()', '@param email the address', 'git@github.com:user/repo.git', 'import a.b@1.2.3', 'npm i react@18.2.0', 'icon@2x.png', 'decorator @app.route("/a")', 'lodash@^4.17.21', 'assertEquals(13800138000L * 1, x);', 'long SIZE = 13421772800L;', 'static final long serialVersionUID = 4111111111111111121L;', 'int[] a = {4111, 1111, 1111, 1112};',
            '0x5f3759df', 'color: #13800138', 'rgba(255, 255, 255, 0.5)', '<version>2.17.1.4</version>', 'implementation "com.x:y:4.3.2.1"', 'pip install foo==12.0.0.1', 'AssemblyVersion("31.0.1.0")', 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904', 'uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"', 'Date.UTC(2012, 11, 12, 12, 12, 12)', 'bind 127.0.0.1:6379',
            'subnet 172.16.0.0/12', 'netmask 255.255.255.0', 'std::cout << a::b::c;', 'Foo::Bar::Baz', 'a ? b : c', 'for (;;) {}', 'CAFE:BABE', 'match 12:34:56:78', 'name: CI', 'name: "Run Tests"', 'name = "John"', 'id: 13800138000', 'user_id=13912345678', 'order_id = "202311301234567"', 'float x = 1.380649e-23f;', 'M 10.5 20.25 L 30.75 40.125 Z', 'eyJhbGciOiJIUzI1NiJ9', '"integrity": "sha512-oRjTw/97aTBN0RHbYCdtF1MQfvusSIBQM0IZEgzl6426+8jSC0nF1a/GmnVLpfB9yyr6g6FTqWqiZVbxrtaCIg=="', 'key = "abcdefghijklmnop"', 'tokens = ["a1b2c3"]',
            'keyboard.press("a")', 'monkey = "banana99"', 'passport.use(new Strategy())', 'bypass = "none"', 'compass: 17.5']
random.Random(1).shuffle(NEG_EN)

for name, lines in (("en", en + NEG_EN), ("zh", zh + NEG_ZH), ("code", code + NEG_CODE)):
    (OUT / f"labelled-{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    spans = sum(line.count("⟦") for line in lines)
    print(name, len(lines), "cases,", spans, "spans,", sum("⟦" not in line for line in lines), "negatives")
