package dev.athanor.data.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.quality.RuleSteps;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LanguageIdentifierTest {
  private static final LanguageIdentifier IDENTIFIER =
      new LanguageIdentifier(List.of("en", "fr", "de", "es", "pt", "it", "nl", "pl", "ru", "uk", "vi", "tr", "ar", "fa"), 3000);

  private static Identified of(String text) {
    return IDENTIFIER.identify(Documents.prose("d", text));
  }

  @Test
  void identify_chinese_tellsItsVariants() {
    assertThat(of("这个问题我们讨论过很多次，但是还没有结论。")).isEqualTo(new Identified("zh-hans", 1));
    assertThat(of("這個問題我們討論過很多次，但是還沒有結論。").language()).isEqualTo("zh-hant");
    assertThat(of("佢哋話聽日唔嚟，咁我哋點算好呀？你知唔知佢喺邊度？").language()).isEqualTo("yue");
    assertThat(of("皇后在山中看月，山中月在，人不在。").language()).isEqualTo("zh");
    assertThat(of("使用 Spring Boot 可以很容易地创建独立的应用程序，大多数应用只需要很少的配置。").language()).isEqualTo("zh-hans");
  }

  @Test
  void identify_otherScripts_areTold() {
    assertThat(of("これは日本語の文章です。漢字も使います。").language()).isEqualTo("ja");
    assertThat(of("이것은 한국어 문장입니다.").language()).isEqualTo("ko");
    assertThat(of("Αυτό είναι ένα ελληνικό κείμενο.").language()).isEqualTo("el");
    assertThat(of("นี่คือข้อความภาษาไทย").language()).isEqualTo("th");
  }

  @Test
  void identify_alphabets_areToldByTheModel() {
    assertThat(of("Le renard brun saute par-dessus le chien paresseux et rentre chez lui pour manger.").language()).isEqualTo("fr");
    assertThat(of("Der schnelle braune Fuchs springt über den faulen Hund und geht dann nach Hause.").language()).isEqualTo("de");
    assertThat(of("El zorro marrón salta sobre el perro perezoso y luego regresa a su casa.").language()).isEqualTo("es");
    assertThat(of("Быстрая лиса прыгает через ленивую собаку и идёт домой, чтобы поесть.").language()).isEqualTo("ru");
    assertThat(of("Швидка лисиця стрибає через ледачого пса і йде додому, щоб поїсти.").language()).isEqualTo("uk");
    assertThat(of("Con cáo nhảy qua con chó lười và sau đó đi về nhà để ăn tối.").language()).isEqualTo("vi");
    Identified english = of("The quick brown fox jumps over the lazy dog and then it goes home to eat what is there.");
    assertThat(english.language()).isEqualTo("en");
    assertThat(english.confidence()).isGreaterThan(0.8);
    // Too short for the function words: the model's.
    assertThat(of("Quarterly revenue growth exceeded expectations").language()).isEqualTo("en");
  }

  @Test
  void identify_mixedScripts_confidenceIsThePart() {
    Identified mixed = of("人".repeat(10) + " " + "abcde ".repeat(4));
    assertThat(mixed.language()).isEqualTo("zh");
    assertThat(mixed.confidence()).isEqualTo(30 / 50.0);
    assertThat(of("12 34 !?")).isEqualTo(Identified.UNDETERMINED);
    assertThat(of("")).isEqualTo(Identified.UNDETERMINED);
  }

  private static final Map<String, String> CODE =
      Map.ofEntries(
          Map.entry("java", Documents.javaClass("a.b", "A", 1, 5)),
          Map.entry("python", "import os\n\ndef walk(self, path):\n    for name in os.listdir(path):\n        if name is None:\n            print(name)\n    return None\n"),
          Map.entry("c", "#include <stdio.h>\n#include \"a.h\"\n\nint main(void) {\n  char *s = NULL;\n  printf(\"%s\\n\", s);\n  return 0;\n}\n"),
          Map.entry("cpp", "#include <iostream>\nusing namespace std;\n\ntemplate <typename T>\nclass A {\npublic:\n  std::string s;\n};\nint main() {\n  cout << \"x\";\n}\n"),
          Map.entry("javascript", "'use strict';\nconst fs = require('fs');\n\nfunction f(a) {\n  if (a === 1) {\n    console.log(a);\n  }\n}\nmodule.exports = f;\n"),
          Map.entry("typescript", "import type { A } from './a';\n\nexport interface B {\n  name: string;\n  size: number;\n}\n\nexport const f = (b: B): void => {\n};\n"),
          Map.entry("go", "package main\n\nimport (\n\t\"fmt\"\n)\n\nfunc main() {\n\tx := 1\n\tif err != nil {\n\t\tfmt.Println(x)\n\t}\n}\n"),
          Map.entry("rust", "use std::io;\n\n#[derive(Debug)]\npub struct A {\n    x: u8,\n}\n\nfn main() {\n    let mut s = String::new();\n    println!(\"{}\", s);\n}\n"),
          Map.entry("sql", "CREATE TABLE a (\n  id INT PRIMARY KEY,\n  name VARCHAR(20) NOT NULL\n);\nINSERT INTO a VALUES (1, 'x');\nSELECT *\nFROM a\nWHERE id = 1;\n"),
          Map.entry("shell", "#!/bin/bash\nset -e\nfor f in *.txt; do\n  if [ -f \"$f\" ]; then\n    echo \"$f\"\n  fi\ndone\n"),
          Map.entry("html", "<!DOCTYPE html>\n<html>\n<head><title>x</title></head>\n<body>\n<div><p>Hi</p></div>\n</body>\n</html>\n"),
          Map.entry("json", "{\n  \"name\": \"x\",\n  \"list\": [1, 2],\n  \"deep\": {\"a\": null}\n}\n"),
          Map.entry("yaml", "name: x\nsteps:\n  - run: a\n  - run: b\nenv:\n  KEY: value\n"),
          Map.entry("xml", "<?xml version=\"1.0\"?>\n<project xmlns=\"x\">\n  <a>1</a>\n</project>\n"),
          Map.entry("csharp", "using System;\nusing System.Linq;\n\nnamespace A\n{\n    public class B\n    {\n        public int X { get; set; }\n        void F() { Console.WriteLine(1); }\n    }\n}\n"),
          Map.entry("php", "<?php\nnamespace A;\n\nclass B {\n  public function f() {\n    echo $this->x;\n  }\n}\n"),
          Map.entry("ruby", "require 'set'\n\nclass A\n  attr_reader :x\n  def f\n    x.each do |y|\n      puts y\n    end\n  end\nend\n"),
          Map.entry("kotlin", "package a\n\ndata class A(val x: Int)\n\nfun main() {\n    val a = A(1)\n    println(a)\n}\n"));

  @Test
  void identify_codeWithoutEnding_isToldByItsLines() {
    CODE.forEach((language, text) -> assertThat(of(text).language()).as(text).isEqualTo(language));
  }

  @Test
  void identify_proseThatSpeaksOfCode_isProse() {
    assertThat(of("Import duties rose last year, and from that moment on the class of goods that nobody had seen before became dear. Let us say that it was so, for "
            + "it was; and if not, then what of it?").language()).isEqualTo("en");
    assertThat(of("Name: John Smith\nAddress: 12 High Street\nNote: he is the one that you asked about when we were there with them.\n").language()).isEqualTo("en");
    assertThat(of("首先安装 JDK：\n\n下载之后解压，然后设置环境变量。\n接着运行 java -version 看看是否成功。\n如果没有问题，就可以开始写程序了。").language()).isEqualTo("zh-hans");
    assertThat(of("[1] The first of the notes is about what they had seen there.\n[2] The second, which you have read, is not.").language()).isEqualTo("en");
  }

  @Test
  void identify_kindOrEndingOfCode_isTaken() {
    assertThat(IDENTIFIER.identify(Documents.java("o", "A.txt", "x"))).isEqualTo(new Identified("java", 1));
    var script = new Document("d", "这不是代码", "o", "a/b.py", "unknown", "text", Map.of());
    assertThat(IDENTIFIER.identify(script)).isEqualTo(new Identified("python", 1));
    var page = new Document("d", "这个网页上写的是中文，不是标记。", "o", "a/b.html", "unknown", "text", Map.of());
    assertThat(IDENTIFIER.identify(page).language()).isEqualTo("zh-hans");
  }

  @Test
  void identify_randomUnicode_neverThrows() {
    var random = new Random(5);
    for (int i = 0; i < 200; i++) {
      var text = new StringBuilder();
      for (int j = 0; j < 30; j++) {
        text.append((char) random.nextInt(0x10000)).appendCodePoint(random.nextInt(0x110000)).append("{a: \n<".charAt(random.nextInt(6)));
      }
      assertThat(of(text.toString()).confidence()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void sample_longText_isThreePiecesWithinBounds() {
    assertThat(LanguageIdentifier.sample("abcdefghij", 10)).isEqualTo("abcdefghij");
    assertThat(LanguageIdentifier.sample("𠀀".repeat(1000), 300).length()).isBetween(290, 310);
    assertThat(LanguageIdentifier.sample("a".repeat(50) + "b".repeat(50) + "c".repeat(50), 30)).isEqualTo("aaaaaaaaaa\nbbbbbbbbbb\ncccccccccc");
  }

  @Test
  void languageStep_keep_dropsOthersAndSaysWhy() {
    Document chinese = Documents.prose("d", "这个问题我们讨论过很多次，但是还没有结论。");
    assertThat(RuleSteps.verdict("language: {keep: [zh, en]}", chinese)).isEqualTo("kept");
    assertThat(RuleSteps.verdict("language: {keep: [zh-hant, en]}", chinese)).isEqualTo("language");
    assertThat(RuleSteps.verdict("language: {keep: [code]}", Documents.java("o", "A.java", "class A {}"))).isEqualTo("kept");
    assertThat(RuleSteps.verdict("language: {keep: [zh], min_confidence: 0.65}", Documents.prose("d", "人".repeat(10) + " " + "abcde ".repeat(4)))).isEqualTo("language unsure");
    Verdict verdict = RuleSteps.step("language").apply(chinese);
    assertThat(((Verdict.Kept) verdict).document().metadata()).containsEntry("language", "zh-hans").containsEntry("languageConfidence", "1.000");
    assertThat(verdict.noted()).containsExactly(Map.entry("zh-hans", 1));
    assertThat(((Verdict.Kept) verdict).document().language()).isEqualTo("text");
  }
}
