//! Countries, provinces and cities in one spelling each, so that one place is one value.
//!
//! A business in China (telephone country 86) gets Chinese names: `CN`, `China` and `中国大陆` are 中国, `江苏`, `江蘇省`
//! and `Jiangsu` are 江苏省, `扬州` is 扬州市. Any other gets English names of countries. Codes of American and Canadian
//! provinces become names where the country says so. What nobody knows stays as it is written.

use super::text::fold;
use std::collections::{BTreeMap, BTreeSet};

/// Two and three letters, English, Chinese, and other names, between bars.
const COUNTRIES: &[&str] = &[
    "cn|chn|China|中国|中国大陆|中华人民共和国|prc|prchina|mainlandchina|peoplesrepublicofchina|中國|zhongguo",
    "hk|hkg|Hong Kong|中国香港|hongkongsar|hongkongchina|香港特别行政区",
    "mo|mac|Macao|中国澳门|macau|macaosar|澳门特别行政区",
    "tw|twn|Taiwan|中国台湾|taiwanchina|臺灣",
    "us|usa|United States|美国|unitedstatesofamerica|america|美利坚合众国|美國",
    "ca|can|Canada|加拿大",
    "gb|gbr|United Kingdom|英国|uk|greatbritain|england|britain|英國",
    "ie|irl|Ireland|爱尔兰",
    "fr|fra|France|法国|frankreich|法國",
    "de|deu|Germany|德国|deutschland|allemagne|德國",
    "at|aut|Austria|奥地利|österreich",
    "ch|che|Switzerland|瑞士|schweiz|suisse",
    "it|ita|Italy|意大利|italia",
    "es|esp|Spain|西班牙|españa",
    "pt|prt|Portugal|葡萄牙",
    "nl|nld|Netherlands|荷兰|thenetherlands|holland|nederland",
    "be|bel|Belgium|比利时|belgique|belgië",
    "dk|dnk|Denmark|丹麦|danmark",
    "se|swe|Sweden|瑞典|sverige",
    "no|nor|Norway|挪威|norge",
    "fi|fin|Finland|芬兰|suomi",
    "pl|pol|Poland|波兰|polska",
    "cz|cze|Czechia|捷克|czechrepublic",
    "gr|grc|Greece|希腊",
    "ru|rus|Russia|俄罗斯|russianfederation",
    "ua|ukr|Ukraine|乌克兰",
    "tr|tur|Türkiye|土耳其|turkey",
    "jp|jpn|Japan|日本",
    "kr|kor|South Korea|韩国|korea|republicofkorea|韓國",
    "sg|sgp|Singapore|新加坡",
    "my|mys|Malaysia|马来西亚",
    "th|tha|Thailand|泰国",
    "vn|vnm|Vietnam|越南",
    "ph|phl|Philippines|菲律宾|thephilippines",
    "id|idn|Indonesia|印度尼西亚|印尼",
    "in|ind|India|印度",
    "ae|are|United Arab Emirates|阿联酋|uae",
    "sa|sau|Saudi Arabia|沙特阿拉伯|沙特",
    "il|isr|Israel|以色列",
    "au|aus|Australia|澳大利亚|澳洲",
    "nz|nzl|New Zealand|新西兰",
    "br|bra|Brazil|巴西|brasil",
    "mx|mex|Mexico|墨西哥|méxico",
    "ar|arg|Argentina|阿根廷",
    "cl|chl|Chile|智利",
    "co|col|Colombia|哥伦比亚",
    "za|zaf|South Africa|南非",
    "eg|egy|Egypt|埃及",
];

/// Whole name, and what else it is called, between bars; `省`, `市`, `province` and the like may be missing everywhere.
const PROVINCES: &[&str] = &[
    "北京市|beijing|peking",
    "天津市|tianjin",
    "上海市|shanghai",
    "重庆市|重慶|chongqing",
    "河北省|hebei",
    "山西省|shanxi",
    "辽宁省|遼寧|liaoning",
    "吉林省|jilin",
    "黑龙江省|黑龍江|heilongjiang",
    "江苏省|江蘇|jiangsu",
    "浙江省|zhejiang",
    "安徽省|anhui",
    "福建省|fujian",
    "江西省|jiangxi",
    "山东省|山東|shandong",
    "河南省|henan",
    "湖北省|hubei",
    "湖南省|hunan",
    "广东省|廣東|guangdong|canton",
    "海南省|hainan",
    "四川省|sichuan|szechwan",
    "贵州省|貴州|guizhou",
    "云南省|雲南|yunnan",
    "陕西省|陝西|shaanxi",
    "甘肃省|甘肅|gansu",
    "青海省|qinghai",
    "内蒙古自治区|内蒙古|內蒙古|innermongolia|neimenggu|neimongol",
    "广西壮族自治区|广西|廣西|guangxi",
    "西藏自治区|西藏|tibet|xizang",
    "宁夏回族自治区|宁夏|寧夏|ningxia",
    "新疆维吾尔自治区|新疆|xinjiang",
    "香港特别行政区|香港|hongkong",
    "澳门特别行政区|澳门|澳門|macau|macao",
    "台湾省|台湾|臺灣|台灣|taiwan",
];

/// Cities of prefecture rank without their `市`.
const CITIES: &str = "北京 天津 上海 重庆 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 \
呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 吉林 四平 辽源 通化 白山 松原 白城 \
哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 \
杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 \
福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 \
济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 \
武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 \
广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 \
海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 \
昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 \
兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密";

/// Cities that files call by their Latin names.
const LATIN_CITIES: &str = "beijing=北京市 shanghai=上海市 tianjin=天津市 chongqing=重庆市 guangzhou=广州市 shenzhen=深圳市 hangzhou=杭州市 nanjing=南京市 suzhou=苏州市 \
wuxi=无锡市 ningbo=宁波市 wenzhou=温州市 chengdu=成都市 wuhan=武汉市 xian=西安市 changsha=长沙市 zhengzhou=郑州市 qingdao=青岛市 jinan=济南市 dalian=大连市 shenyang=沈阳市 \
xiamen=厦门市 fuzhou=福州市 dongguan=东莞市 foshan=佛山市 zhuhai=珠海市 kunming=昆明市 hefei=合肥市 nanchang=南昌市 nanning=南宁市 guiyang=贵阳市 harbin=哈尔滨市 changchun=长春市 \
shijiazhuang=石家庄市 taiyuan=太原市 lanzhou=兰州市 urumqi=乌鲁木齐市 haikou=海口市 sanya=三亚市 changzhou=常州市 yangzhou=扬州市 xuzhou=徐州市 nantong=南通市 jiaxing=嘉兴市 shaoxing=绍兴市";

/// Codes and names of the states of America and the provinces of Canada.
const STATES: &str = "AL=Alabama AK=Alaska AZ=Arizona AR=Arkansas CA=California CO=Colorado CT=Connecticut DE=Delaware DC=District_of_Columbia FL=Florida GA=Georgia HI=Hawaii ID=Idaho IL=Illinois \
IN=Indiana IA=Iowa KS=Kansas KY=Kentucky LA=Louisiana ME=Maine MD=Maryland MA=Massachusetts MI=Michigan MN=Minnesota MS=Mississippi MO=Missouri MT=Montana NE=Nebraska NV=Nevada \
NH=New_Hampshire NJ=New_Jersey NM=New_Mexico NY=New_York NC=North_Carolina ND=North_Dakota OH=Ohio OK=Oklahoma OR=Oregon PA=Pennsylvania RI=Rhode_Island SC=South_Carolina SD=South_Dakota \
TN=Tennessee TX=Texas UT=Utah VT=Vermont VA=Virginia WA=Washington WV=West_Virginia WI=Wisconsin WY=Wyoming PR=Puerto_Rico";
const CANADIAN: &str = "AB=Alberta BC=British_Columbia MB=Manitoba NB=New_Brunswick NL=Newfoundland_and_Labrador NS=Nova_Scotia NT=Northwest_Territories NU=Nunavut ON=Ontario PE=Prince_Edward_Island QC=Quebec SK=Saskatchewan YT=Yukon";

/// The place that a record names, each part in its one spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Country.
    pub country: Option<String>,
    /// Province or state.
    pub province: Option<String>,
    /// City.
    pub city: Option<String>,
}

/// The tables, made ready for looking up.
#[derive(Debug)]
pub struct Gazetteer {
    /// The business is in China: Latin names of Chinese places are Chinese.
    chinese: bool,
    /// Line of [`COUNTRIES`] by folded name.
    countries: BTreeMap<String, &'static str>,
    /// Whole name by folded name, with and without its rank.
    provinces: BTreeMap<String, &'static str>,
    cities: BTreeSet<&'static str>,
    latin_cities: BTreeMap<&'static str, &'static str>,
    states: BTreeMap<&'static str, &'static str>,
    canadian: BTreeMap<&'static str, &'static str>,
}

fn pairs(table: &'static str) -> BTreeMap<&'static str, &'static str> {
    table
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .collect()
}

impl Gazetteer {
    /// For a business whose telephone country code is `home`.
    pub fn new(home: &str) -> Self {
        let mut countries = BTreeMap::new();
        for names in COUNTRIES {
            countries.extend(names.split('|').map(|name| (fold(name), *names)));
        }
        let mut provinces = BTreeMap::new();
        for names in PROVINCES {
            let whole = names.split('|').next().unwrap_or_default();
            for name in names.split('|').map(fold) {
                provinces.insert(without_rank(&name).to_owned(), whole);
                provinces.insert(name, whole);
            }
        }
        Self {
            chinese: home == "86",
            countries,
            provinces,
            cities: CITIES.split_whitespace().collect(),
            latin_cities: pairs(LATIN_CITIES),
            states: pairs(STATES),
            canadian: pairs(CANADIAN),
        }
    }

    /// Puts every part of a place in its one spelling.
    pub fn tidy(&self, place: &mut Place) {
        let land = place.country.as_deref().map(fold);
        let land = land.and_then(|folded| self.countries.get(&folded).copied());
        if let Some(names) = land {
            let name = names.split('|').nth(if self.chinese { 3 } else { 2 });
            place.country = name.map(str::to_owned).or(place.country.take());
        }
        match land.and_then(|names| names.get(..2)) {
            Some("us") => rename(&mut place.province, |text| state(text, &self.states)),
            Some("ca") => rename(&mut place.province, |text| state(text, &self.canadian)),
            None | Some("cn" | "hk" | "mo" | "tw") => {
                rename(&mut place.province, |text| self.province(text));
                rename(&mut place.city, |text| self.city(text));
            }
            Some(_) => {}
        }
    }

    /// The whole name of a Chinese province. Latin names might be anybody's where the business is not in China.
    fn province(&self, text: &str) -> Option<String> {
        let folded = fold(text);
        if folded.is_ascii() && !self.chinese {
            return None;
        }
        let found = self.provinces.get(&folded);
        let found = found.or_else(|| self.provinces.get(without_rank(&folded)));
        found.map(|name| (*name).to_owned())
    }

    /// A city with its `市`.
    fn city(&self, text: &str) -> Option<String> {
        let folded = fold(text);
        if folded.is_ascii() {
            let found = self.latin_cities.get(folded.as_str());
            let found = found.or_else(|| self.latin_cities.get(without_rank(&folded)));
            return found
                .filter(|_| self.chinese)
                .map(|name| (*name).to_owned());
        }
        self.cities
            .contains(folded.as_str())
            .then(|| format!("{folded}市"))
    }
}

fn rename(slot: &mut Option<String>, to: impl Fn(&str) -> Option<String>) {
    if let Some(text) = slot
        && let Some(name) = to(text)
    {
        *slot = Some(name);
    }
}

fn without_rank(name: &str) -> &str {
    const RANKS: [&str; 12] = [
        "特别行政区",
        "维吾尔自治区",
        "壮族自治区",
        "回族自治区",
        "自治区",
        "自治區",
        "省",
        "市",
        "province",
        "municipality",
        "city",
        "sheng",
    ];
    let found = RANKS.iter().find_map(|rank| name.strip_suffix(rank));
    found.filter(|bare| !bare.is_empty()).unwrap_or(name)
}

fn state(text: &str, table: &BTreeMap<&'static str, &'static str>) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    Some(table.get(code.as_str())?.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_is_one_value() {
        for (home, country, province, city, expected) in [
            ("86", "CN", "江苏", "扬州", "中国|江苏省|扬州市"),
            (
                "86",
                "China",
                "Jiangsu Province",
                "Yangzhou",
                "中国|江苏省|扬州市",
            ),
            ("86", "中国大陆", "江蘇省", "扬州市", "中国|江苏省|扬州市"),
            ("86", "", "上海", "上海", "|上海市|上海市"),
            ("86", "", "广西", "南宁", "|广西壮族自治区|南宁市"),
            (
                "86",
                "",
                "內蒙古自治區",
                "呼和浩特",
                "|内蒙古自治区|呼和浩特市",
            ),
            ("86", "", "香港", "九龙", "|香港特别行政区|九龙"),
            ("86", "", "Shaanxi", "Xi'an", "|陕西省|西安市"),
            (
                "86",
                "",
                "某某省",
                "大理白族自治州",
                "|某某省|大理白族自治州",
            ),
            ("86", "US", "OR", "Portland", "美国|Oregon|Portland"),
            (
                "1",
                "United States of America",
                "ny",
                "New York",
                "United States|New York|New York",
            ),
            ("1", "ca", "QC", "Montréal", "Canada|Quebec|Montréal"),
            ("1", "", "OR", "Portland", "|OR|Portland"),
            ("1", "美国", "Oregon", "", "United States|Oregon|"),
            (
                "33",
                "France",
                "Île-de-France",
                "Paris",
                "France|Île-de-France|Paris",
            ),
            ("86", "Atlantis", "", "", "Atlantis||"),
        ] {
            let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let mut place = Place {
                country: part(country),
                province: part(province),
                city: part(city),
            };
            let gazetteer = Gazetteer::new(home);
            gazetteer.tidy(&mut place);
            let again = place.clone();
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            let found = [&place.country, &place.province, &place.city]
                .map(text)
                .join("|");
            assert_eq!(found, expected, "{country} {province} {city}");
            gazetteer.tidy(&mut place);
            assert_eq!(place, again, "tidying twice changes nothing");
        }
    }

    #[test]
    fn no_name_belongs_to_two_places() {
        for table in [COUNTRIES, PROVINCES] {
            let mut seen = std::collections::BTreeMap::new();
            for names in table {
                for name in names.split('|').map(fold) {
                    let other = seen.insert(name.clone(), names);
                    assert!(other.is_none_or(|other| other == names), "{name}");
                }
            }
        }
    }
}
