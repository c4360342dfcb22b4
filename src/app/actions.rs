//! The one registry of what a person can do from anywhere: palette, keys and the sheet of keys are made from it.

use crate::prefs::Theme;
use crate::router::{Route, navigate};
use crate::state::State;
use text::{Locale, Words};
use ui::Glyph;
use ui::icon;
use ui::prelude::*;

/// Something a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To the home page.
    Home,
    /// To the customers.
    Customers,
    /// To the orders.
    Orders,
    /// To the segments.
    Segments,
    /// To the points.
    Points,
    /// To the counter.
    Counter,
    /// Coupons.
    Coupons,
    /// To the import.
    Import,
    /// To the settings.
    Settings,
    /// To RFM.
    Rfm,
    /// To the life cycle.
    Lifecycle,
    /// To the members.
    Members,
    /// To the loyalty programme.
    Program,
    /// To the log of commands.
    Log,
    /// A new customer.
    NewCustomer,
    /// Save a backup.
    Backup,
    /// Undo the newest.
    Undo,
    /// The other language.
    Language,
    /// Light theme.
    Light,
    /// Dark theme.
    Dark,
    /// The system's theme.
    System,
    /// Fold the navigation.
    Fold,
    /// Open the demo.
    Demo,
    /// Pairs of customers who may be one.
    Duplicates,
    /// How good the data is.
    Quality,
    /// Files to take away.
    Export,
    /// Leave the demo.
    DemoLeave,
    /// The palette.
    Palette,
    /// Focus the search.
    Search,
    /// The sheet of keys.
    Keys,
}

impl Action {
    /// All of them, in the order of the palette.
    pub const ALL: &[Action] = &[
        Action::Home,
        Action::Customers,
        Action::Orders,
        Action::Segments,
        Action::Points,
        Action::Counter,
        Action::Coupons,
        Action::Import,
        Action::Settings,
        Action::Rfm,
        Action::Lifecycle,
        Action::Members,
        Action::Program,
        Action::Log,
        Action::Duplicates,
        Action::Quality,
        Action::Export,
        Action::NewCustomer,
        Action::Backup,
        Action::Undo,
        Action::Language,
        Action::Light,
        Action::Dark,
        Action::System,
        Action::Fold,
        Action::Demo,
        Action::DemoLeave,
        Action::Palette,
        Action::Search,
        Action::Keys,
    ];

    /// The place it leads to, if it is a page.
    pub fn route(self) -> Option<Route> {
        Some(match self {
            Action::Home => Route::Home,
            Action::Customers => Route::Customers,
            Action::Orders => Route::Orders,
            Action::Segments => Route::Segments(String::new()),
            Action::Points => Route::Points(String::new()),
            Action::Counter => Route::Counter(None),
            Action::Coupons => Route::Coupons(String::new()),
            Action::Import => Route::Data(String::new()),
            Action::Settings => Route::Settings(String::new()),
            Action::Rfm => Route::Segments("rfm".to_owned()),
            Action::Lifecycle => Route::Segments("lifecycle".to_owned()),
            Action::Members => Route::Points("members".to_owned()),
            Action::Program => Route::Points("program".to_owned()),
            Action::Log => Route::Settings("log".to_owned()),
            Action::Duplicates => Route::Data("duplicates".to_owned()),
            Action::Quality => Route::Data("quality".to_owned()),
            Action::Export => Route::Data("out".to_owned()),
            Action::NewCustomer => Route::NewCustomer,
            Action::Backup => Route::Settings("data".to_owned()),
            _ => return None,
        })
    }

    /// What it is called.
    pub fn label(self, words: Words) -> &'static str {
        match self {
            Action::Home => words.shell_home(),
            Action::Customers => words.shell_customers(),
            Action::Orders => words.shell_orders(),
            Action::Segments => words.shell_segments(),
            Action::Points => words.shell_points(),
            Action::Counter => words.counter_title(),
            Action::Coupons => words.coupons_title(),
            Action::Import => words.shell_action_import(),
            Action::Settings => words.shell_settings(),
            Action::Rfm => words.shell_action_rfm(),
            Action::Lifecycle => words.shell_action_lifecycle(),
            Action::Members => words.shell_action_members(),
            Action::Program => words.shell_action_program(),
            Action::Log => words.shell_action_log(),
            Action::Duplicates => words.shell_action_duplicates(),
            Action::Quality => words.shell_action_quality(),
            Action::Export => words.shell_action_export(),
            Action::NewCustomer => words.shell_action_new_customer(),
            Action::Backup => words.shell_action_backup(),
            Action::Undo => words.shell_action_undo(),
            Action::Language => words.shell_action_language(),
            Action::Light => words.shell_action_theme_light(),
            Action::Dark => words.shell_action_theme_dark(),
            Action::System => words.shell_action_theme_system(),
            Action::Fold => words.shell_action_fold(),
            Action::Demo => words.shell_action_demo(),
            Action::DemoLeave => words.shell_action_demo_leave(),
            Action::Palette => words.shell_key_palette(),
            Action::Search => words.shell_key_search(),
            Action::Keys => words.shell_action_keys(),
        }
    }

    /// Other words it is found by: the other language, pinyin and its initials.
    pub fn aliases(self) -> &'static str {
        match self {
            Action::Home => "home 首页 shouye sy",
            Action::Customers => "customers 客户 kehu kh",
            Action::Orders => "orders 订单 dingdan dd",
            Action::Segments => "segments groups 细分 分群 xifen xf fenqun",
            Action::Points => "points loyalty 积分 jifen jf",
            Action::Counter => {
                "counter till cashier checkout 收银 收银台 柜台 shouyintai syt guitai gt"
            }
            Action::Coupons => {
                "coupons vouchers codes discount 优惠券 代金券 券 youhuiquan yhq quanma"
            }
            Action::Import => "import data file csv 导入 数据 文件 daoru dr shuju wenjian",
            Action::Settings => "settings preferences 设置 shezhi sz",
            Action::Rfm => "rfm recency frequency monetary 分析 fenxi",
            Action::Lifecycle => "life cycle stages 生命周期 shengmingzhouqi smzq",
            Action::Members => "members 会员 huiyuan hy",
            Action::Program => "programme program loyalty rules 会员计划 huiyuanjihua hyjh",
            Action::Log => "log history undo 记录 操作记录 caozuojilu czjl",
            Action::Duplicates => "duplicates merge 重复 查重 合并 chachong cc hebing",
            Action::Quality => "quality check clean 数据质量 体检 shujuzhiliang sjzl",
            Action::Export => "export download 导出 下载 daochu dc",
            Action::NewCustomer => "new customer add 新建客户 xinjiankehu xjkh tianjia",
            Action::Backup => "backup save export database 备份 保存备份 beifen bf baocunbeifen",
            Action::Undo => "undo revert 撤销 chexiao cx",
            Action::Language => "language english chinese 中文 语言 yuyan yy zhongwen",
            Action::Light => "light theme 浅色 主题 qianse qs zhuti",
            Action::Dark => "dark theme night 深色 主题 shense ss zhuti",
            Action::System => "system theme 跟随系统 主题 gensuixitong zhuti",
            Action::Fold => "fold navigation sidebar 导航 daohang dh",
            Action::Demo => "demo sample 演示 yanshi ys",
            Action::DemoLeave => "leave demo 离开演示 likaiyanshi",
            Action::Palette => "palette commands",
            Action::Search => "search find 搜索 sousuo ss",
            Action::Keys => "keys shortcuts keyboard help 快捷键 kuaijiejian kjj bangzhu",
        }
    }

    /// Its icon.
    pub fn icon(self) -> Glyph {
        match self {
            Action::Home => icon::HOME,
            Action::Customers => icon::PEOPLE,
            Action::Orders => icon::ORDERS,
            Action::Segments => icon::SEGMENTS,
            Action::Points | Action::Members => icon::POINTS,
            Action::Counter => icon::STORE,
            Action::Coupons => icon::TAG,
            Action::Import => icon::IMPORT,
            Action::Settings => icon::SETTINGS,
            Action::Rfm => icon::CHART,
            Action::Lifecycle => icon::REFRESH,
            Action::Program => icon::GIFT,
            Action::Log => icon::HISTORY,
            Action::Duplicates => icon::COPY,
            Action::Quality => icon::SHIELD,
            Action::Export => icon::DOWNLOAD,
            Action::NewCustomer => icon::PERSON_ADD,
            Action::Backup => icon::SAVE,
            Action::Undo => icon::UNDO,
            Action::Language => icon::LANGUAGE,
            Action::Light => icon::SUN,
            Action::Dark => icon::MOON,
            Action::System => icon::MONITOR,
            Action::Fold => icon::SIDEBAR,
            Action::Demo => icon::PLAY,
            Action::DemoLeave => icon::CLOSE,
            Action::Palette | Action::Search => icon::SEARCH,
            Action::Keys => icon::KEYBOARD,
        }
    }

    /// The key that does it, anywhere outside a text field.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Action::Search => Some("/"),
            Action::Keys => Some("?"),
            Action::NewCustomer => Some("n"),
            Action::Undo => Some("z"),
            Action::Fold => Some("["),
            _ => None,
        }
    }

    /// The key that does it after `g`.
    pub fn go_key(self) -> Option<&'static str> {
        match self {
            Action::Home => Some("h"),
            Action::Customers => Some("c"),
            Action::Orders => Some("o"),
            Action::Segments => Some("s"),
            Action::Points => Some("p"),
            Action::Counter => Some("t"),
            Action::Coupons => Some("u"),
            Action::Import => Some("i"),
            Action::Settings => Some(","),
            Action::Log => Some("l"),
            _ => None,
        }
    }

    /// Whether it makes sense now.
    pub fn is_offered(self, state: State) -> bool {
        let demo = state
            .client
            .status()
            .with_untracked(|s| s.as_ref().is_some_and(|s| s.demo.is_some()));
        let theme = state.theme.get_untracked();
        match self {
            Action::Demo => !demo,
            Action::DemoLeave => demo,
            Action::Light => theme != Theme::Light,
            Action::Dark => theme != Theme::Dark,
            Action::System => theme != Theme::System,
            Action::Palette | Action::Search => false,
            _ => true,
        }
    }
}

/// Does it.
pub fn run(state: State, action: Action) {
    if let Some(route) = action.route() {
        navigate(&route.href());
        return;
    }
    match action {
        Action::Undo => state.toasts.undo_newest(state),
        Action::Language => state.locale.update(|locale| {
            *locale = match locale {
                Locale::ZhCn => Locale::En,
                Locale::En => Locale::ZhCn,
            };
        }),
        Action::Light => state.theme.set(Theme::Light),
        Action::Dark => state.theme.set(Theme::Dark),
        Action::System => state.theme.set(Theme::System),
        Action::Fold => state.folded.update(|folded| *folded = !*folded),
        Action::Demo => crate::root::enter_demo(""),
        Action::DemoLeave => crate::root::leave_demo(),
        Action::Palette => state.palette.set(true),
        Action::Search => focus_search(state),
        Action::Keys => state.keys.set(true),
        _ => {}
    }
}

/// The page's own search field, or the palette where there is none.
fn focus_search(state: State) {
    use wasm_bindgen::JsCast;
    let field = document()
        .query_selector("main [data-search]")
        .ok()
        .flatten();
    match field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        Some(field) => {
            let _ = field.focus();
        }
        None => state.palette.set(true),
    }
}
