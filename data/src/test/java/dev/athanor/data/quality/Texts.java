package dev.athanor.data.quality;

import java.util.Random;

/// Texts for the tests of rules.
final class Texts {
  static final String CHINESE_PROSE =
      "清晨的渡口还没有什么人，只有几只水鸟在雾里叫着。老船工把缆绳解开，慢慢地把船撑到河心，回头看了看岸上的灯火。"
          + "他说，这条河他走了四十年，哪里水深、哪里有石头，闭着眼睛也知道。\n"
          + "年轻人坐在船头，听他讲从前的事情：那时候没有桥，村里的孩子上学都要靠这条船，遇到发大水的日子，大家就只好在家里等。\n"
          + "后来桥修好了，过河的人越来越少，可是他还是每天早上把船擦得干干净净。“总会有人要过河的，”他笑着说。";
  static final String CHINESE_POEM =
      "山中问答寄友人\n空山雨后见新晴，\n石上泉声入夜清。\n我有一壶春日酒，\n与君同醉到天明。\n\n江上看花又一年，\n当时明月在人前。\n问君何事不归去，\n"
          + "只为青山不要钱。\n风来水面生微浪，\n日落山头起暮烟。\n莫道此中无好句，\n心中有景便成篇。";
  static final String CHINESE_DIALOGUE =
      "“你今天去哪儿了？”\n“去图书馆了，想借一本关于海的书。”\n“借到了吗？”\n“没有，那本书被别人借走了，要下个星期才还回来。”\n“那你怎么这么晚才回家？”\n"
          + "“路上遇到了一个老同学，我们说了很久的话。”\n“他现在做什么工作？”\n“他在一家医院里当医生，每天都很忙。”\n“下次请他到家里来吃饭吧。”\n“好，我明天就给他打电话。”";
  static final String CHINESE_TABLE =
      "下面的表格列出了三个城市在去年的平均气温，数据由当地的气象站提供，单位是摄氏度。\n\n| 城市 | 一月 | 七月 |\n| --- | --- | --- |\n| 北京 | -3.1 | 26.7 |\n"
          + "| 上海 | 4.8 | 28.6 |\n| 广州 | 13.9 | 28.9 |\n\n从表中可以看出，三个城市的夏天都很热，而冬天的差别很大。北京的一月平均气温在零度以下，广州则要暖和得多。"
          + "\n因此在设计房屋的时候，应当根据当地的气候来决定墙的厚度和窗的大小。";
  static final String CHINESE_MENU =
      "首页\n新闻中心\n产品展示\n关于我们\n联系我们\n首页 | 新闻 | 体育 | 财经 | 娱乐 | 科技\n加入收藏\n设为首页\n友情链接\n热门推荐\n手机版\n网站地图\n用户登录\n免费注册\n"
          + "北京 上海 广州 深圳 杭州 成都\n时政 国际 社会 军事 教育 健康\n返回顶部\n版权所有\n备案号\n电脑 手机 平板 相机 耳机 配件";
  static final String CHINESE_TITLES =
      "市政府召开全市经济工作会议部署下一阶段重点任务 2023-05-01\n我市高新技术企业数量突破一千家创历史新高 2023-05-02\n关于做好今年防汛抗旱工作的通知 2023-05-03\n"
          + "全市中小学开展安全教育主题活动 2023-05-04\n新建图书馆将于下月正式对外开放 2023-05-05\n我市举办第十届国际马拉松比赛 2023-05-06\n交通部门发布五一假期出行提示 2023-05-07";
  static final String CHINESE_ADS =
      "想要快速办理贷款吗？加微信了解详情，无抵押贷款，当天秒批，全国都可以办理。现在扫码关注还有大礼，免费领取红包，限时优惠不要错过。厂家直销，价格优惠，"
          + "咨询热线全天开通，在线咨询请联系客服。代开发票，信用卡套现，注册送彩金，真人娱乐，百家乐，棋牌游戏，立即下载，点击下载就可以得到。";
  static final String CHINESE_KEYWORDS =
      "北京空调维修 上海冰箱维修 广州洗衣机维修 深圳热水器维修 杭州燃气灶维修 南京油烟机维修 武汉电视维修 成都冰柜维修 重庆壁挂炉维修 西安净水器维修 "
          + "苏州消毒柜维修 天津微波炉维修 青岛咖啡机维修 宁波扫地机维修 厦门按摩椅维修";

  private Texts() {}

  /// Any code points, lone surrogates, line ends and spaces with them.
  static String random(Random random, int length) {
    var text = new StringBuilder();
    String spice = " \n\r\t\u3000\u0085\u2028.…!?。，#-•{}[]()\"'的是国國aeTZ09\u200d\ufeff\u0000";
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(5)) {
        case 0 -> text.appendCodePoint(random.nextInt(0x110000));
        case 1 -> text.append((char) random.nextInt(0x10000));
        case 2 -> text.append((char) (0xd800 + random.nextInt(0x800)));
        default -> text.append(spice.charAt(random.nextInt(spice.length())));
      }
    }
    return text.toString();
  }
}
