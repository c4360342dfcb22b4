//! Words of which there are only a few: gender, yes and no, kind of customer, state of an order.

use super::Read;
use super::text::fold;
use model::{CustomerKind, Gender, Issue, IssueCode, OrderStatus};

/// Reads a gender. Words for "unknown" give nothing, without complaint.
pub fn gender(cell: &str) -> Read<Gender> {
    match fold(cell).as_str() {
        // 1 and 2 are what ISO/IEC 5218 and the systems that follow it write.
        "2" | "女" | "女性" | "女士" | "小姐" | "f" | "female" | "woman" | "girl" | "w"
        | "weiblich" | "mrs" | "ms" | "miss" => Read::good(Gender::Female),
        "1" | "男" | "男性" | "先生" | "m" | "male" | "man" | "boy" | "männlich" | "mr" => {
            Read::good(Gender::Male)
        }
        "其他" | "其它" | "other" | "o" | "x" | "nonbinary" | "diverse" | "divers" => {
            Read::good(Gender::Other)
        }
        "" | "未知" | "保密" | "不详" | "unknown" | "u" | "0" | "9" | "未填" | "prefernottosay" => {
            Read {
                value: None,
                issue: None,
            }
        }
        _ => Read::bad(unknown(cell, "female, male, other")),
    }
}

fn unknown(cell: &str, expected: &str) -> Issue {
    Issue::warning(IssueCode::UnknownChoice)
        .found(cell)
        .expected(expected)
}

/// Reads yes or no. Words for "unknown" give nothing, without complaint.
pub fn flag(cell: &str) -> Read<bool> {
    match cell {
        "true" | "TRUE" | "yes" | "1" | "是" => return Read::good(true),
        "false" | "FALSE" | "no" | "0" | "否" => return Read::good(false),
        _ => {}
    }
    match fold(cell).as_str() {
        "yes" | "y" | "true" | "t" | "1" | "on" | "是" | "有" | "对" | "已" | "已订阅" | "订阅"
        | "同意" | "开" | "开启" | "启用" | "√" | "✓" | "✔" | "subscribed" | "optedin"
        | "accepted" | "ja" | "oui" | "si" | "sí" | "x" => Read::good(true),
        "no" | "n" | "false" | "f" | "0" | "off" | "否" | "无" | "没有" | "不" | "未订阅"
        | "退订" | "已退订" | "不同意" | "关" | "关闭" | "停用" | "×" | "✗" | "unsubscribed"
        | "notsubscribed" | "optedout" | "declined" | "bounced" | "nein" | "non" => {
            Read::good(false)
        }
        "" | "未知" | "unknown" | "notset" | "neversubscribed" => Read {
            value: None,
            issue: None,
        },
        _ => Read::bad(
            Issue::warning(IssueCode::BadFlag)
                .found(cell)
                .expected("yes, no"),
        ),
    }
}

/// Reads whether a customer is a person or a company.
pub fn kind(cell: &str) -> Read<CustomerKind> {
    match fold(cell).as_str() {
        "person" | "个人" | "individual" | "contact" | "联系人" | "个人客户" | "b2c" => {
            Read::good(CustomerKind::Person)
        }
        "company" | "企业" | "公司" | "organization" | "organisation" | "business" | "account"
        | "企业客户" | "单位" | "组织" | "b2b" => Read::good(CustomerKind::Company),
        "" => Read {
            value: None,
            issue: None,
        },
        _ => Read::bad(unknown(cell, "person, company")),
    }
}

/// What the state of an order means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// A purchase, returned whole, or called off.
    Status(OrderStatus),
    /// A purchase of which a part came back.
    PartlyRefunded,
    /// Waits for payment: no purchase yet.
    NotAPurchase,
}

/// Reads the state of an order in the words of the shop systems. A word nobody knows counts as a purchase, and says
/// so.
pub fn order_state(cell: &str) -> Read<OrderState> {
    use OrderStatus::{Cancelled, Paid, Refunded};
    let folded = fold(cell);
    let state = match folded.as_str() {
        "paid"
        | "交易成功"
        | "交易完成"
        | "已完成"
        | "完成"
        | "成功"
        | "已付款"
        | "已支付"
        | "已发货"
        | "待发货"
        | "待收货"
        | "已签收"
        | "已收货"
        | "部分发货"
        | "待评价"
        | "卖家已发货,等待买家确认"
        | "买家已付款,等待卖家发货"
        | "等待卖家发货"
        | "等待买家确认收货"
        | "等待买家确认"
        | "等待出库"
        | "等待收货"
        | "completed"
        | "complete"
        | "processing"
        | "fulfilled"
        | "shipped"
        | "delivered"
        | "success"
        | "succeeded"
        | "captured"
        | "closedwon"
        | "authorized"
        | "done"
        | "ok"
        | "partiallypaid"
        | "finished" => OrderState::Status(Paid),
        "refunded" | "已退款" | "退货退款" | "退款成功" | "全额退款" | "已退货" | "退款完成"
        | "returned" => OrderState::Status(Refunded),
        "partiallyrefunded" | "部分退款" | "部分退货" | "partialrefund" => {
            OrderState::PartlyRefunded
        }
        "cancelled" | "canceled" | "voided" | "void" | "交易关闭" | "已取消" | "已关闭"
        | "订单关闭" | "取消" | "交易取消" | "订单取消" | "failed" | "expired" | "已作废"
        | "作废" | "closedlost" | "锁定" | "已锁定" => OrderState::Status(Cancelled),
        "等待买家付款" | "待付款" | "待支付" | "未付款" | "未支付" | "等待付款" | "pending"
        | "unpaid" | "onhold" | "draft" | "pendingpayment" | "awaitingpayment"
        | "checkoutdraft" | "open" => OrderState::NotAPurchase,
        _ => return similar(cell, &folded),
    };
    if folded == "partiallypaid" {
        return Read::doubtful(state, unknown(cell, "paid, refunded, cancelled"));
    }
    Read::good(state)
}

/// Reads the stage of a deal (Zoho): only one that is won is a purchase.
pub fn deal_stage(cell: &str) -> Read<OrderState> {
    let won = fold(cell) == "closedwon" || cell.contains("赢单") || cell.contains("成交");
    Read::good(if won {
        OrderState::Status(OrderStatus::Paid)
    } else {
        OrderState::NotAPurchase
    })
}

/// States that only contain a known word.
fn similar(cell: &str, folded: &str) -> Read<OrderState> {
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["待付款", "未付款", "待支付", "未支付", "等待买家付款"]) {
        return Read::good(OrderState::NotAPurchase);
    }
    let state = if has(&["部分退", "退款中", "退款处理", "partiallyrefund"]) {
        OrderState::PartlyRefunded
    } else if has(&["退款", "退货", "refund"]) {
        OrderState::Status(OrderStatus::Refunded)
    } else if has(&["取消", "关闭", "作废", "cancel", "void"]) {
        OrderState::Status(OrderStatus::Cancelled)
    } else {
        OrderState::Status(OrderStatus::Paid)
    };
    Read::doubtful(state, unknown(cell, "paid, refunded, cancelled"))
}
