//! The main job: two files in; who they are, which segments, how many points; close, open, all is there.

use super::*;
use expect_test::expect;
use protocol::{InsightQuery, InsightReply};

pub(super) const CUSTOMERS: &str = "\
客户编号,姓名,手机号,邮箱,性别,生日,省份,城市,标签
C001,王小明,13800000001,ming@example.com,男,1990-06-20,广东,深圳,老客;茶
C002,李娜,13800000002,NA@example.com,女,1985-12-01,浙江,杭州,
C003,张伟,138 0000 0003,,男,,广东,广州,
C004,Ann Example,,ann@example.com,,,,,
,,,,,,,深圳,
";

pub(super) const ORDERS: &str = "\
订单编号,下单时间,实付金额,手机号,姓名,商品名称,数量
A1,2026-06-10 09:30:00,120.50,13800000001,王小明,拿铁,2
A2,2026-05-01 10:00:00,300.00,13800000001,王小明,手冲,1
A3,2026-01-05 10:00:00,88.00,13800000002,李娜,拿铁,1
A4,2025-09-01 10:00:00,1000.00,13800000003,张伟,咖啡机,1
A5,2026-06-14 23:30:00,45.00,13900000009,新客,拿铁,1
";

fn figures(shop: &mut Shop) -> String {
    let Reply::Lifecycle(stages) = shop.ask(Query::Lifecycle { as_of: None }) else {
        panic!()
    };
    let Reply::Insight(insight) = shop.ask(Query::Insight(InsightQuery::Rfm {
        as_of: None,
        options: None,
    })) else {
        panic!()
    };
    let InsightReply::Rfm(rfm) = *insight else {
        panic!()
    };
    let scored: u64 = rfm.cells.iter().map(|cell| cell.count).sum();
    let Reply::Home(home) = shop.ask(Query::Home) else {
        panic!()
    };
    let months: i64 = home.months.iter().map(|month| month.amount.0).sum();
    let Reply::PointsOverview(points) = shop.ask(Query::PointsOverview { as_of: None }) else {
        panic!()
    };
    format!(
        "customers {} prospect {} new {} active {} dormant {} churned {}\ncells {} scored {} \n\
         revenue of 13 months {}\npoints {} of {} members, worth {}\n",
        home.customers,
        stages.prospect,
        stages.new,
        stages.active,
        stages.dormant,
        stages.churned,
        rfm.cells.len(),
        scored,
        months,
        points.outstanding,
        points.members,
        points.worth.0
    )
}

#[test]
fn two_files_in_and_all_is_there() {
    let folder = std::env::temp_dir().join(format!("shuke-main-job-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("main.db");
    let _ = std::fs::remove_file(&path);
    let mut shop = Shop::in_file(&path);
    expect![[
        r#"rows 5 customers 4+ 0~ 0= 1- orders 0+ 0~ 0= 0- duplicates 0 batch yes [NoIdentityx1]"#
    ]]
    .assert_eq(&show(&shop.import("客户.csv", CUSTOMERS)));
    expect![[r#"rows 5 customers 1+ 0~ 3= 0- orders 5+ 0~ 0= 0- duplicates 0 batch yes []"#]]
        .assert_eq(&show(&shop.import("订单.csv", ORDERS)));
    shop.program();
    let before = figures(&mut shop);
    expect![[r#"
        customers 5 prospect 1 new 1 active 1 dormant 1 churned 1
        cells 125 scored 4 
        revenue of 13 months 155350
        points 1553 of 4 members, worth 1553
    "#]]
    .assert_eq(&before);
    assert_eq!(
        shop.count(r#"{"attr":"province","op":"eq","value":"广东省"}"#),
        2
    );
    assert_eq!(
        shop.count(r#"{"attr":"points.balance","op":"gte","value":1000}"#),
        1
    );
    let wang = shop.list(ListRequest {
        search: "wxm".into(),
        limit: 10,
        ..ListRequest::default()
    });
    assert_eq!(wang.total, 1);
    let wang = &wang.items[0];
    let facts = wang.facts.as_ref().unwrap();
    assert_eq!(
        (facts.order_count, facts.spend.0, facts.balance),
        (2, 42050, Some(Points(420)))
    );
    shop.assert_in_step();
    let snapshot = shop.engine.snapshot_bytes().unwrap();
    drop(shop);

    let mut again = Shop::unloaded(Connection::open(&path).unwrap());
    assert!(again.load(Some(&snapshot)), "the snapshot is current");
    assert_eq!(figures(&mut again), before);
    std::fs::remove_dir_all(&folder).unwrap();
}
