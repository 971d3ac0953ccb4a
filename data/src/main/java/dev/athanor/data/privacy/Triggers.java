package dev.athanor.data.privacy;

import java.util.ArrayList;
import java.util.List;

/// Every word that starts a look or says what stands beside it. In lower case and half width; no longer than `Passage.MOST_WORD`.
final class Triggers {
  private Triggers() {}

  static List<Trigger> all(Phones phones) {
    var all = new ArrayList<Trigger>();
    cues(all, Cue.PHONE,
        "电话", "手机", "手机号", "手机号码", "联系方式", "联系电话", "致电", "拨打", "热线", "座机", "传真", "来电", "短信", "tel", "telephone", "phone", "phones", "cell",
        "mobile", "fax", "call me", "call us", "call at", "call now", "please call", "or call", "call him", "call her", "hotline", "whatsapp", "sms", "text me", "dial", "contact number", "mob", "cellphone");
    cues(all, Cue.RESIDENT_ID, "身份证", "身份证号", "身份证号码", "公民身份号码", "证件号", "证件号码", "id card", "idcard", "id_card", "identity card", "resident id", "id no");
    cues(all, Cue.CARD,
        "银行卡", "卡号", "信用卡", "储蓄卡", "借记卡", "银行账号", "账号", "银行账户", "credit card", "card number", "card no", "debit card", "card", "cards", "visa", "mastercard",
        "amex", "unionpay", "银联");
    cues(all, Cue.PASSPORT, "护照", "护照号", "护照号码", "passport", "passports", "通行证");
    cues(all, Cue.SSN, "ssn", "social security", "soc sec", "社会安全号");
    cues(all, Cue.CREDIT_CODE, "统一社会信用代码", "信用代码", "税号", "纳税人识别号", "纳税识别号", "credit code", "uscc");
    cues(all, Cue.IP, "ip", "ip地址", "ip address", "ipv4", "client_ip", "remote_addr", "来自", "登录地址");
    cues(all, Cue.VERSION, "version", "versions", "ver", "版本", "版本号", "release", "build", "jdk", "v", "section", "chapter", "oid", "firmware", "固件", "driver", "chrome",
        "章", "节", "升级到", "upgrade");
    cues(all, Cue.OTHER_NUMBER,
        "订单", "订单号", "单号", "订单编号", "运单", "快递", "流水号", "编号", "序列号", "货号", "型号", "批号", "发票", "合同", "工单", "票号", "期号", "条码", "条形码", "order", "order no",
        "order id", "invoice", "tracking", "sku", "isbn", "issn", "doi", "serial", "part no", "model", "ticket", "case no", "upc", "ean", "barcode", "timestamp",
        "时间戳", "pmid", "patent", "专利", "文号", "案号", "学号", "工号", "epoch", "bytes", "checksum", "hash", "uuid", "id", "批准文号", "准字", "备案号", "icp备",
        "许可证", "cas", "arxiv", "zip", "邮编", "邮政编码", "item", "product", "catalog", "lot", "batch", "编码", "代码", "股票", "基金");
    cues(all, Cue.WALLET, "wallet", "eth", "ethereum", "btc", "bitcoin", "钱包", "usdt", "donate", "donations", "转账地址");
    cues(all, Cue.ADDRESS, "地址", "住址", "家住", "住在", "居住", "address", "收货地址", "live at", "lives at", "reside at", "通讯地址", "户籍");

    both(all, Cue.WECHAT, Messengers::weChat, "微信", "微信号", "wechat", "weixin", "wechat id", "vx", "v信", "加微", "薇信", "wx");
    both(all, Cue.QQ, Messengers::qq, "qq", "qq号", "扣扣", "企鹅号");
    both(all, Cue.BIRTH, BirthDates::look,
        "出生日期", "出生年月日", "出生年月", "生日", "出生于", "生于", "date of birth", "birth date", "birthdate", "birthday", "dob", "d.o.b.", "born", "date_of_birth");
    both(all, Cue.NAME_FIELD, PersonNames::field,
        "姓名", "联系人", "收件人", "收货人", "寄件人", "申请人", "负责人", "法定代表人", "法人代表", "客户姓名", "患者", "患者姓名", "持卡人", "开户名", "户名", "被告", "原告", "投保人",
        "full name", "name", "patient name", "patient", "customer name", "contact name", "contact person", "first name", "last name", "attn", "cardholder",
        "recipient", "applicant", "employee name");
    both(all, Cue.NAME_SAID, PersonNames::said, "my name is", "我叫", "我的名字是", "我的名字叫", "本人姓名");
    both(all, Cue.NAME_TITLE, PersonNames::title, "mr", "mrs", "ms", "dr", "prof", "miss");
    both(all, Cue.SECRET, Secrets::assigned,
        "password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key", "access_key", "accesskey", "secret_key", "secretkey",
        "private_key", "client_secret", "auth_token", "credential", "密码", "口令", "密钥", "pass");

    var numbers =
        new NumberDetector(
            List.of(
                ChineseNumbers::residentId, ChineseNumbers::creditCode, Banking::card, Banking::iban, phones::judge, Papers::ssn, Papers::passport,
                Network::v4, Wallets::base58, WesternAddresses::judge));
    for (char digit = '0'; digit <= '9'; digit++) {
      all.add(Trigger.start(String.valueOf(digit), numbers));
    }
    all.add(Trigger.start("@", Emails::at));
    for (String written : List.of(" at ", "(at)", "[at]", " [at] ", " (at) ", "{at}", "<at>", "[@]", "(@)", "#at#")) {
      all.add(Trigger.start(written, Emails::writtenOut));
    }
    all.add(Trigger.start(":", Network::v6));
    all.add(Trigger.start(":", Network::mac));
    all.add(Trigger.start("-", Network::mac));
    all.add(Trigger.start("://", Network::credentials));
    all.add(Trigger.start("<<", Papers::machineReadable));
    all.add(Trigger.start("wxid_", Messengers::weChatId));
    all.add(Trigger.start("bc1", Wallets::bech32));
    all.add(Trigger.start("0x", Wallets::ethereum));
    for (int i = 0; i < Plates.PROVINCES.length(); i++) {
      all.add(Trigger.start(Plates.PROVINCES.substring(i, i + 1), Plates::look));
    }
    all.add(Trigger.start("号", ChineseAddresses::number));
    all.add(Trigger.start("號", ChineseAddresses::number));
    all.add(Trigger.start("栋", ChineseAddresses::house));
    all.add(Trigger.start("幢", ChineseAddresses::house));
    all.addAll(Secrets.triggers());
    return List.copyOf(all);
  }

  private static void cues(List<Trigger> all, Cue cue, String... words) {
    for (String word : words) {
      all.add(Trigger.cue(word, cue));
    }
  }

  private static void both(List<Trigger> all, Cue cue, Detector detector, String... words) {
    for (String word : words) {
      Trigger plain = Trigger.cue(word, cue);
      all.add(new Trigger(word, plain.whole(), cue, detector));
    }
  }
}
