//! What cleaning did to a cell: as it was written, as it is kept.
//!
//! What is wrong with a value is a finding ([`model::Issue`]); what is only put into another form is done in silence,
//! because a million rows need no million notes. A dry run asks for these too ([`crate::Intake::watch`]): after each
//! cell, what its field holds now is compared with what was written. A difference that says nothing (`520` and
//! `520.00`, the order of tags, blanks around a word) is none.
//!
//! Worked example: a column 手机 with `138 0013 8000` gives before `138 0013 8000`, after `+8613800138000`,
//! [`Cleaning::Phone`].

use super::bind::{Binding, CustomerTarget, Target};
use super::cell::{Cell, Context};
use super::{Open, cell::cell};
use crate::field::FieldKind;
use crate::json_value::LIST_END;
use crate::{CellType, Row, clean};
use model::import::Cleaning;
use model::{Currency, CustomField, Money};
use std::borrow::Cow;

/// A value that is kept otherwise than it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanedCell {
    /// Row as a spreadsheet counts it.
    pub row: u32,
    /// Which of the file's columns, from 0.
    pub column: usize,
    /// What was done.
    pub how: Cleaning,
    /// As the file has it; its first hundred characters.
    pub before: String,
    /// As it is kept; its first hundred characters. Empty when nothing is.
    pub after: String,
}

/// At most this many characters of a value are shown.
const SHOWN: usize = 100;

fn shorten(value: &str) -> String {
    value.chars().take(SHOWN).collect()
}

impl Open {
    /// What the field of a binding holds now, as it is shown; `None` when nothing, or nothing that one cell gave.
    pub(super) fn kept(&self, binding: &Binding, context: &Context) -> Option<Cow<'_, str>> {
        match &binding.target {
            Target::Customer(target) => self.customer.kept(*target, context),
            Target::Order(target) => self.order.kept(*target, context),
            Target::Line(target) => self.order.kept_of_line(*target, context),
            Target::Custom(key) => self.customer.kept_custom(key),
        }
    }

    /// Notes a cell that means nothing although something stands in it.
    pub(super) fn note_emptied(&mut self, row: &Row<'_>, binding: &Binding) {
        let raw = row.get(binding.column).trim();
        if clean::is_empty_like(clean::unwrap_formula(raw)) && !raw.is_empty() {
            self.cleaned.push(CleanedCell {
                row: row.number,
                column: binding.column,
                how: Cleaning::Emptied,
                before: shorten(raw),
                after: String::new(),
            });
        }
    }

    /// Notes what became of a cell, if that is worth a word. `before`: what its field held without it.
    pub(super) fn note_cleaned(
        &mut self,
        row: &Row<'_>,
        binding: &Binding,
        cell: &Cell<'_>,
        before: Option<&str>,
        context: &Context,
    ) {
        let raw = row.get(binding.column);
        let written = match cell.kind {
            CellType::List => Cow::Owned(words_of(raw)),
            _ => Cow::Borrowed(raw),
        };
        let kept = match binding.kind {
            // Several columns and rows add to one list: these are the words of this one.
            FieldKind::List if cell.kind == CellType::List => return,
            FieldKind::List => Some(Cow::Owned(clean::list::list(&cell.text).join(", "))),
            _ if adds(&binding.target, context) => Some(Cow::Borrowed(cell.text.as_ref())),
            _ => self
                .kept(binding, context)
                .filter(|now| Some(now.as_ref()) != before),
        };
        let Some(kept) = kept else { return };
        // The spelling of a place is settled when the record is complete.
        let open_place = is_place(&binding.target);
        if !open_place && (kept == written || same(binding.kind, &written, &kept)) {
            return;
        }
        let note = CleanedCell {
            row: row.number,
            column: binding.column,
            how: how(binding, &written, &kept),
            before: shorten(&written),
            after: shorten(&kept),
        };
        self.cleaned.push(note);
    }

    /// The places of the complete customer are those that are kept.
    pub(super) fn settle_places(
        cleaned: &mut Vec<CleanedCell>,
        bindings: &[Binding],
        draft: Option<&model::CustomerDraft>,
    ) {
        cleaned.retain_mut(|it| {
            let binding = bindings.iter().find(|binding| binding.column == it.column);
            let Some(binding) = binding.filter(|binding| is_place(&binding.target)) else {
                return true;
            };
            if it.how == Cleaning::Emptied {
                return true;
            }
            let draft = draft.and_then(|draft| match binding.target {
                Target::Customer(CustomerTarget::Country) => draft.country.as_deref(),
                Target::Customer(CustomerTarget::Province) => draft.province.as_deref(),
                _ => draft.city.as_deref(),
            });
            it.after = shorten(draft.unwrap_or_default());
            it.how = how(binding, &it.before, &it.after);
            it.before != it.after
        });
    }

    /// A product's text that is taken apart into several lines of the order.
    pub(super) fn note_products(&mut self, row: &Row<'_>, bindings: &[Binding]) {
        let Some(lines) = self.order.lines_of_text() else {
            return;
        };
        let product = |it: &&Binding| it.field == "line.product" && cell(row, it).is_some();
        let Some(binding) = bindings.iter().find(product) else {
            return;
        };
        self.cleaned
            .retain(|it| (it.row, it.column) != (row.number, binding.column));
        self.cleaned.push(CleanedCell {
            row: row.number,
            column: binding.column,
            how: Cleaning::List,
            before: shorten(row.get(binding.column)),
            after: shorten(&lines),
        });
    }
}

/// Cells that are put together to one text: each is shown for itself.
fn adds(target: &Target, context: &Context) -> bool {
    match target {
        Target::Customer(CustomerTarget::Address) => !context.is_preset("tmall_orders"),
        Target::Customer(CustomerTarget::Note) => true,
        _ => false,
    }
}

fn is_place(target: &Target) -> bool {
    use CustomerTarget as C;
    matches!(target, Target::Customer(C::Country | C::Province | C::City))
}

fn words_of(list: &str) -> String {
    let words: Vec<&str> = list.split(LIST_END).filter(|it| !it.is_empty()).collect();
    words.join(", ")
}

/// A choice as it is written in JSON.
pub(super) fn word_of(choice: &impl serde::Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// A field of the owner's own, as it is shown.
pub(super) fn custom(value: &CustomField) -> Cow<'_, str> {
    match value {
        CustomField::Text(text) => Cow::Borrowed(text),
        CustomField::Number(number) => Cow::Owned(number.to_string()),
        CustomField::Flag(flag) => Cow::Owned(flag.to_string()),
    }
}

/// An amount, as it is shown.
pub(super) fn money(amount: Option<Money>, currency: Currency) -> Option<Cow<'static, str>> {
    amount.map(|it| Cow::Owned(it.to_decimal(currency)))
}

/// Two ways to write the same: nobody needs to look at that.
fn same(kind: FieldKind, cell: &str, kept: &str) -> bool {
    match kind {
        FieldKind::Money | FieldKind::Quantity => {
            plain_number(cell) && shortest(cell.trim()) == shortest(kept)
        }
        FieldKind::List => parts(cell) == parts(kept),
        FieldKind::Instant | FieldKind::Date | FieldKind::Birthday | FieldKind::Clock => {
            let cell = cell.trim().replace('T', " ");
            let begin = kept.split('.').next().unwrap_or(kept);
            begin == cell
                || begin.strip_suffix(":00") == Some(cell.as_str())
                || begin.strip_suffix(" 00:00:00") == Some(cell.as_str())
        }
        _ => false,
    }
}

fn plain_number(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = |b: u8| b.is_ascii_digit() || b == b'.' || b == b'-';
    !cell.is_empty() && cell.bytes().all(digits)
}

/// A decimal without zeros that say nothing.
fn shortest(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

fn parts(list: &str) -> Vec<String> {
    let separators = [',', '，', ';', '；', '、', '|', '\n'];
    let parts = list.split(separators).map(|part| part.trim().to_owned());
    let mut parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.sort();
    parts.dedup();
    parts
}

/// What was done.
fn how(binding: &Binding, written: &str, kept: &str) -> Cleaning {
    let bare = clean::unwrap_formula(written.trim());
    if bare.trim().trim_start_matches('\'') == kept {
        return Cleaning::Trimmed;
    }
    if is_place(&binding.target) {
        return Cleaning::Place;
    }
    match binding.kind {
        FieldKind::Phone => Cleaning::Phone,
        FieldKind::Email => Cleaning::Email,
        FieldKind::Date | FieldKind::Instant | FieldKind::Birthday | FieldKind::Clock => {
            Cleaning::Date
        }
        FieldKind::Money => Cleaning::Money,
        FieldKind::Quantity => Cleaning::Number,
        FieldKind::Choice | FieldKind::Flag | FieldKind::Currency => Cleaning::Choice,
        FieldKind::List => Cleaning::List,
        FieldKind::Name => Cleaning::Name,
        FieldKind::Text | FieldKind::Key => Cleaning::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{circumstances, look};
    use crate::{Intake, plan};
    use expect_test::{Expect, expect};
    use model::import::ImportKind;

    /// What a watched reading tells: column, what was done, row, before, after.
    fn told(kind: ImportKind, name: &str, text: &str, more: &[(&str, &str)]) -> String {
        let found = look(text.as_bytes(), name);
        let mut plan = plan(&found, Currency::CNY);
        assert_eq!(plan.kind, kind);
        for (column, field) in more {
            plan.mapping
                .insert((*column).to_owned(), (*field).to_owned());
        }
        let mut intake = Intake::new(&plan, circumstances());
        intake.watch();
        let mut out = Vec::new();
        intake.feed(text.as_bytes(), &mut out);
        intake.finish(&mut out);
        let columns = intake.columns().to_vec();
        let lines = out.iter().flat_map(|record| &record.cleaned).map(|it| {
            format!(
                "{} {:?} {}: {} > {}",
                columns[it.column], it.how, it.row, it.before, it.after
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn check(kind: ImportKind, name: &str, text: &str, more: &[(&str, &str)], expected: &Expect) {
        expected.assert_eq(&told(kind, name, text, more));
    }

    #[test]
    fn every_column_of_a_customer_tells() {
        check(
            ImportKind::Customers,
            "c.csv",
            "客户编号,姓名,手机,性别,生日,省,市,标签,地址,备注,短信,成本\n\
             '001,陈伟先生,138 0000 0001,男,1990/5/14,江苏,扬州,\"VIP、 复购\",示例路１号,N/A,是,￥12\n\
             002,李娜,+8613800000002,female,1991-06-15,江苏省,扬州市,VIP,示例路2号,好,true,12.00\n",
            &[
                ("短信", "consent.sms"),
                ("成本", "acquisition_cost"),
                ("客户编号", "customer.external_id"),
            ],
            &expect![[r#"
                客户编号 Trimmed 2: '001 > 001
                姓名 Name 2: 陈伟先生 > 陈伟
                手机 Phone 2: 138 0000 0001 > +8613800000001
                性别 Choice 2: 男 > male
                生日 Date 2: 1990/5/14 > 1990-05-14
                省 Place 2: 江苏 > 江苏省
                市 Place 2: 扬州 > 扬州市
                备注 Emptied 2: N/A > 
                短信 Choice 2: 是 > true
                成本 Money 2: ￥12 > 12.00"#]],
        );
    }

    #[test]
    fn every_column_of_an_order_and_its_lines_tells() {
        check(
            ImportKind::Orders,
            "o.csv",
            "订单号,下单时间,实付金额,优惠,订单状态,币种,手机,商品,数量,单价,小计\n\
             A1,2025年10月7日 9:00,\"¥1,052.00\",-8,交易成功,cny,138 0000 0001,茶,2件,\"￥526.00\",\"1,052\"\n\
             A1,2025年10月7日 9:00,\"¥1,052.00\",-8,交易成功,cny,138 0000 0001,杯,1,0.00 元,0\n\
             A2,2025-10-07 09:00,52,,交易成功,CNY,13800000002,茶,1,52,52.00\n",
            &[
                ("优惠", "order.discount"),
                ("单价", "line.price"),
                ("小计", "line.amount"),
                ("数量", "line.quantity"),
                ("商品", "line.product"),
            ],
            &expect![[r#"
                币种 Choice 2: cny > CNY
                下单时间 Date 2: 2025年10月7日 9:00 > 2025-10-07 09:00:00
                实付金额 Money 2: ¥1,052.00 > 1052.00
                优惠 Money 2: -8 > 8.00
                订单状态 Choice 2: 交易成功 > paid
                手机 Phone 2: 138 0000 0001 > +8613800000001
                数量 Number 2: 2件 > 2
                单价 Money 2: ￥526.00 > 526.00
                小计 Money 2: 1,052 > 1052.00
                单价 Money 3: 0.00 元 > 0.00
                订单状态 Choice 4: 交易成功 > paid
                手机 Phone 4: 13800000002 > +8613800000002"#]],
        );
    }

    #[test]
    fn products_that_are_taken_apart_and_shared_columns_tell() {
        check(
            ImportKind::Orders,
            "o.csv",
            "订单号,下单时间,实付金额,手机,备用手机,商品\n\
             A1,2025-10-07 09:00:00,52.00,138****0001,138 0000 0001,茶(2件);杯(1件)\n",
            &[("备用手机", "phone"), ("商品", "line.product")],
            &expect![[r#"
                备用手机 Phone 2: 138 0000 0001 > +8613800000001
                商品 List 2: 茶(2件);杯(1件) > 茶 × 2, 杯 × 1"#]],
        );
    }
}
