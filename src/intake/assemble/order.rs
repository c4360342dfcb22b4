//! What rows say of an order.
//!
//! Of totals, state and time the first row that states them counts, never a sum of rows. A line costs what its
//! amount says, else price times quantity less its discount, else (the only line of an order) what the order cost;
//! a line about which nothing is known costs 0. Where no total is stated it is the sum of the lines.

use super::bind::{LineTarget, OrderTarget};
use super::cell::{Cell, Context, LARGEST, Notes, SHORT};
use super::cleaned::{self, word_of};
use super::products;
use crate::IncomingOrder;
use crate::clean::choice::{OrderState, deal_stage, order_state};
use crate::clean::date::{self, Moment};
use crate::clean::is_rounded;
use crate::clean::money::{amount, quantity};
use model::money::divide;
use model::{
    Currency, Issue, IssueCode, Money, OrderDraft, OrderId, OrderLine, OrderStatus, Rounding,
    Timestamp,
};
use std::borrow::Cow;

/// At most so many lines.
const MAX_LINES: usize = 1_000;

/// A line in the making.
#[derive(Debug, Default)]
pub(crate) struct LineParts {
    product: Option<String>,
    category: Option<String>,
    quantity: Option<i64>,
    price: Option<Money>,
    amount: Option<Money>,
    discount: Option<Money>,
}

/// An order in the making.
#[derive(Debug, Default)]
pub(crate) struct OrderParts {
    pub(crate) external_id: Option<String>,
    pub(crate) id: Option<OrderId>,
    /// A number whose last digits a spreadsheet has thrown away: it may be that of any of many orders.
    rounded: Option<String>,
    at: Option<Moment>,
    /// The time of day from a column of its own: milliseconds since midnight.
    time: Option<u32>,
    amount: Option<Money>,
    /// The amount as the first row has it, to notice rows that say otherwise.
    amount_text: String,
    differs: bool,
    gross: Option<Money>,
    discount: Option<Money>,
    tax: Option<Money>,
    paid_with_points: Option<Money>,
    refunded: Option<Money>,
    refunded_at: Option<Timestamp>,
    state: Option<(OrderState, String)>,
    channel: Option<String>,
    coupon: Option<String>,
    currency: Option<Currency>,
    line: LineParts,
    lines: Vec<LineParts>,
    too_many_lines: bool,
}

impl OrderParts {
    /// The currency of amounts in this order.
    fn currency(&self, context: &Context) -> Currency {
        self.currency.unwrap_or(context.currency)
    }

    /// Takes a cell of an order's field. The currency must come before the amounts.
    pub(crate) fn take(
        &mut self,
        target: OrderTarget,
        cell: &Cell<'_>,
        context: &Context,
        notes: &mut Notes<'_>,
    ) {
        use OrderTarget as O;
        match target {
            O::ExternalId => {
                if is_rounded(&cell.text) && !context.ours {
                    self.rounded = Some(cell.text.to_string());
                } else if self.external_id.is_none() {
                    self.external_id = Some(notes.short(context.bare_key(&cell.text), SHORT));
                }
            }
            O::Id => self.id = self.id.or_else(|| cell.text.parse().ok()),
            O::At => {
                if self.at.is_none() {
                    self.at = notes.moment(cell, context);
                }
            }
            O::Time => self.take_time(cell, notes),
            O::RefundedAt => fill_instant(&mut self.refunded_at, cell, context, notes),
            O::Amount => self.take_amount(cell, context, notes),
            O::Gross | O::Tax | O::PaidWithPoints => {
                let currency = self.currency(context);
                let slot = match target {
                    O::Gross => &mut self.gross,
                    O::Tax => &mut self.tax,
                    _ => &mut self.paid_with_points,
                };
                if slot.is_none() {
                    *slot = notes.amount(cell, context, currency).map(|a| a.money);
                }
            }
            O::Discount | O::Refunded => {
                let currency = self.currency(context);
                let slot = match target {
                    O::Discount => &mut self.discount,
                    _ => &mut self.refunded,
                };
                if slot.is_none() {
                    *slot = magnitude(cell, context, currency, notes);
                }
            }
            O::Status => self.take_state(cell, context, notes),
            O::Channel => fill_text(&mut self.channel, cell, notes),
            O::Coupon => fill_text(&mut self.coupon, cell, notes),
            O::Currency => self.take_currency(cell, notes),
        }
    }

    /// What the order's field holds so far, as it is shown.
    pub(super) fn kept(&self, target: OrderTarget, context: &Context) -> Option<Cow<'_, str>> {
        use OrderTarget as O;
        let local = |at: Timestamp| context.around.zone.write_local(at).replace('T', " ");
        let amount = match target {
            O::ExternalId => return self.external_id.as_deref().map(Cow::Borrowed),
            O::Channel => return self.channel.as_deref().map(Cow::Borrowed),
            O::Coupon => return self.coupon.as_deref().map(Cow::Borrowed),
            O::Currency => return self.currency.map(|it| Cow::Owned(it.to_string())),
            O::RefundedAt => return self.refunded_at.map(|at| Cow::Owned(local(at))),
            O::At => {
                let at = self.at?;
                // A clock in a column of its own tells for itself.
                return Some(Cow::Owned(match at.millis {
                    None => at.day.to_string(),
                    Some(_) => local(at.instant(context.around.zone)),
                }));
            }
            O::Time => return self.time.map(|millis| Cow::Owned(clock_of(millis))),
            O::Status => {
                let (OrderState::Status(status), _) = self.state.as_ref()? else {
                    return None;
                };
                return Some(Cow::Owned(word_of(status)));
            }
            O::Id => return None,
            O::Amount => self.amount,
            O::Gross => self.gross,
            O::Discount => self.discount,
            O::Tax => self.tax,
            O::PaidWithPoints => self.paid_with_points,
            O::Refunded => self.refunded,
        };
        cleaned::money(amount, self.currency(context))
    }

    /// What the field of the line that is being read holds so far, as it is shown.
    pub(super) fn kept_of_line(
        &self,
        target: LineTarget,
        context: &Context,
    ) -> Option<Cow<'_, str>> {
        use LineTarget as L;
        let line = &self.line;
        let amount = match target {
            L::Product => return line.product.as_deref().map(Cow::Borrowed),
            L::Category => return line.category.as_deref().map(Cow::Borrowed),
            L::Quantity => return line.quantity.map(|it| Cow::Owned(pieces(it))),
            L::Price => line.price,
            L::Amount => line.amount,
            L::Discount => line.discount,
        };
        cleaned::money(amount, self.currency(context))
    }

    /// The lines into which the product's text of the row that is being read will be taken apart, if it is.
    pub(super) fn lines_of_text(&self) -> Option<String> {
        let line = &self.line;
        if line.amount.is_some() || line.price.is_some() || line.quantity.is_some() {
            return None;
        }
        let several = products::several(line.product.as_deref()?)?;
        let lines = several
            .into_iter()
            .map(|(product, count)| [product, " × ", &pieces(count)].concat());
        Some(lines.collect::<Vec<_>>().join(", "))
    }

    fn take_time(&mut self, cell: &Cell<'_>, notes: &mut Notes<'_>) {
        if self.time.is_some() {
            return;
        }
        self.time = date::clock(&cell.text);
        if self.time.is_none() {
            let bad = Issue::warning(IssueCode::BadDate);
            notes.add(bad.found(&cell.text).expected("18:30"));
        }
    }

    /// When it was bought. A time of its own counts where the date has none.
    fn instant(&self, context: &Context) -> Option<Timestamp> {
        let at = self.at?;
        let moment = match (at.millis, self.time) {
            (None, Some(time)) => Moment {
                millis: Some(time),
                ..at
            },
            _ => at,
        };
        Some(moment.instant(context.around.zone))
    }

    fn take_state(&mut self, cell: &Cell<'_>, context: &Context, notes: &mut Notes<'_>) {
        if self.state.is_none() {
            let deals = context.is_preset("zoho_deals") || context.is_preset("bigin_deals");
            let read = if deals {
                deal_stage(&cell.text)
            } else {
                order_state(&cell.text)
            };
            let state = notes.take(read);
            self.state = state.map(|state| (state, cell.text.to_string()));
        }
    }

    fn take_currency(&mut self, cell: &Cell<'_>, notes: &mut Notes<'_>) {
        if self.currency.is_none() {
            match Currency::parse(&cell.text) {
                Ok(currency) => self.currency = Some(currency),
                Err(_) => notes.add(
                    Issue::warning(IssueCode::BadCurrency)
                        .found(&cell.text)
                        .expected("CNY"),
                ),
            }
        }
    }

    fn take_amount(&mut self, cell: &Cell<'_>, context: &Context, notes: &mut Notes<'_>) {
        if self.amount.is_some() {
            self.differs |= self.amount_text != cell.text;
            return;
        }
        let currency = self.currency(context);
        if let Some(amount) = notes.amount(cell, context, currency) {
            self.amount = Some(amount.money);
            self.amount_text = cell.text.to_string();
            self.currency = self.currency.or(amount.currency);
        }
    }

    /// Takes a cell of a line's field.
    pub(crate) fn take_line(
        &mut self,
        target: LineTarget,
        cell: &Cell<'_>,
        context: &Context,
        notes: &mut Notes<'_>,
    ) {
        use LineTarget as L;
        let currency = self.currency(context);
        let line = &mut self.line;
        match target {
            L::Product => {
                if line.product.is_none() {
                    let limit = if products::several(&cell.text).is_some() {
                        usize::MAX
                    } else {
                        SHORT
                    };
                    line.product = Some(notes.short(&cell.text, limit));
                }
            }
            L::Category => {
                if line.category.is_none() {
                    line.category = Some(notes.short(&cell.text, SHORT));
                }
            }
            L::Quantity => {
                if line.quantity.is_none() {
                    let count = notes.take(quantity(&cell.text, context.decimal_comma));
                    if count.is_some_and(|count| !(0..=1_000_000_000).contains(&count)) {
                        let code = IssueCode::BadNumber;
                        notes.add(Issue::warning(code).found(&cell.text).expected("1"));
                    } else {
                        line.quantity = count;
                    }
                }
            }
            L::Price => {
                line.price = line
                    .price
                    .or_else(|| notes.amount(cell, context, currency).map(|a| a.money))
            }
            L::Amount => {
                line.amount = line
                    .amount
                    .or_else(|| notes.amount(cell, context, currency).map(|a| a.money));
            }
            L::Discount => {
                line.discount = line
                    .discount
                    .or_else(|| magnitude(cell, context, currency, notes));
            }
        }
    }

    /// Ends a row: its line, if it states one, is kept.
    pub(crate) fn end_row(&mut self, row: u32, issues: &mut Vec<Issue>) {
        let line = std::mem::take(&mut self.line);
        let Some(product) = &line.product else {
            return;
        };
        if self.lines.len() >= MAX_LINES {
            if !std::mem::replace(&mut self.too_many_lines, true) {
                let issue = Issue::warning(IssueCode::LimitPassed).at_row(row);
                issues.push(issue.in_field("line.product").expected("1000"));
            }
            return;
        }
        if let (Some(price), Some(amount)) = (line.price, line.amount) {
            let count = line.quantity.unwrap_or(1000);
            let less = line.discount.unwrap_or_default();
            let full = times(price, count);
            // A line amount may be meant with or without its discount.
            if (full.0 - amount.0).abs() > 1 && (full.0 - less.0 - amount.0).abs() > 1 {
                issues.push(
                    Issue::warning(IssueCode::LinesDiffer)
                        .at_row(row)
                        .in_field("line.amount")
                        .found(product),
                );
            }
        }
        self.lines.push(line);
    }

    /// Whether it states lines.
    pub(crate) fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Takes the lines that other rows state of the same order; of what they say of the whole, the first holds.
    pub(crate) fn add_lines(&mut self, other: Self) {
        self.differs |= other.differs;
        let room = MAX_LINES.saturating_sub(self.lines.len());
        self.lines.extend(other.lines.into_iter().take(room));
    }

    /// The order, or why it is none.
    pub(crate) fn finish(
        mut self,
        row: u32,
        context: &Context,
        issues: &mut Vec<Issue>,
    ) -> Result<IncomingOrder, Issue> {
        if let Some(rounded) = &self.rounded {
            return Err(Issue::error(IssueCode::DigitsLost)
                .at_row(row)
                .in_field("order.external_id")
                .found(rounded)
                .expected("2025100712345678901"));
        }
        let currency = self.currency(context);
        if let Some((OrderState::NotAPurchase, word)) = &self.state {
            return Err(Issue::error(IssueCode::NotAPurchase)
                .at_row(row)
                .in_field("order.status")
                .found(word));
        }
        let at = self.instant(context);
        let at = at.ok_or_else(|| cause(issues, "order.at", row))?;
        // A clock of another device, or a zone that was written wrong, may be a little ahead.
        if at.0 > context.around.now.0.saturating_add(24 * 3_600_000) {
            return Err(Issue::error(IssueCode::FutureDate)
                .at_row(row)
                .in_field("order.at")
                .found(&context.around.zone.write_local(at)));
        }
        let (amount, lines) = self.amounts(row, currency, issues)?;
        let (status, refunded) = self.came_back(amount, row, currency, issues);
        let tax = part(self.tax, amount, "order.tax", row, currency, issues);
        let field = "order.paid_with_points";
        let points = part(self.paid_with_points, amount, field, row, currency, issues);
        let gross = self.gross.or_else(|| {
            let less = self.discount.filter(|d| d.0 > 0)?;
            amount.checked_add(less)
        });
        Ok(IncomingOrder {
            id: self.id,
            draft: OrderDraft {
                external_id: self.external_id.take(),
                at,
                currency,
                amount,
                gross,
                tax,
                paid_with_points: points,
                status,
                channel: self.channel.take(),
                coupon: self.coupon.take(),
                lines,
            },
            refunded,
            refunded_at: self.refunded_at.filter(|_| refunded.is_some()),
        })
    }

    /// What the order cost, and its lines.
    fn amounts(
        &self,
        row: u32,
        currency: Currency,
        issues: &mut Vec<Issue>,
    ) -> Result<(Money, Vec<OrderLine>), Issue> {
        let stated = self.amount.or_else(|| {
            let less = self.discount.unwrap_or_default();
            self.gross.map(|gross| Money((gross.0 - less.0).max(0)))
        });
        let lines = self.lines(stated, issues, row);
        let sum = lines
            .iter()
            .fold(0i64, |sum, l| sum.saturating_add(l.amount.0));
        let some = !self.lines.is_empty();
        let all_stated = some && self.lines.iter().all(|l| l.amount.is_some());
        let all_known = some
            && self
                .lines
                .iter()
                .all(|l| l.amount.is_some() || l.price.is_some());
        let amount = match stated {
            Some(amount) => amount,
            None if all_known => Money(sum.min(LARGEST.0)),
            None => return Err(cause(issues, "order.amount", row)),
        };
        let apart = sum.saturating_sub(amount.0).saturating_abs() > 1;
        if self.differs || (stated.is_some() && all_stated && apart) {
            issues.push(
                Issue::warning(IssueCode::LinesDiffer)
                    .at_row(row)
                    .in_field("order.amount")
                    .found(&amount.to_decimal(currency))
                    .expected(&Money(sum).to_decimal(currency)),
            );
        }
        Ok((amount, lines))
    }

    fn lines(&self, stated: Option<Money>, issues: &mut Vec<Issue>, row: u32) -> Vec<OrderLine> {
        let mut lines = Vec::with_capacity(self.lines.len());
        let alone = self.lines.len() == 1;
        for parts in &self.lines {
            let text = parts.product.as_deref().unwrap_or_default();
            let known = parts.amount.or_else(|| {
                let full = times(parts.price?, parts.quantity.unwrap_or(1000));
                let less = parts.discount.unwrap_or_default();
                Some(Money((full.0 - less.0).max(0)))
            });
            let several =
                products::several(text).filter(|_| known.is_none() && parts.quantity.is_none());
            let products = several.unwrap_or_else(|| vec![(text, parts.quantity.unwrap_or(1000))]);
            let one = products.len() == 1;
            for (product, quantity_milli) in products {
                if lines.len() >= MAX_LINES {
                    issues.push(
                        Issue::warning(IssueCode::LimitPassed)
                            .at_row(row)
                            .expected("1000"),
                    );
                    break;
                }
                lines.push(OrderLine {
                    product: product.chars().take(SHORT).collect(),
                    category: parts.category.clone(),
                    quantity_milli,
                    amount: known
                        .or_else(|| stated.filter(|_| alone && one))
                        .unwrap_or_default(),
                });
            }
        }
        lines
    }

    /// What the state and the refunded amount together say.
    fn came_back(
        &self,
        amount: Money,
        row: u32,
        currency: Currency,
        issues: &mut Vec<Issue>,
    ) -> (OrderStatus, Option<Money>) {
        let state = self.state.as_ref().map(|(state, _)| *state);
        let refunded = self.refunded.filter(|r| r.0 > 0);
        let note = |code: IssueCode| Issue::warning(code).at_row(row).in_field("order.refunded");
        match (state, refunded) {
            (
                Some(OrderState::Status(status @ (OrderStatus::Refunded | OrderStatus::Cancelled))),
                _,
            ) => (status, None),
            (_, Some(refunded)) if refunded >= amount => {
                if refunded > amount {
                    issues.push(
                        note(IssueCode::TooMuch)
                            .found(&refunded.to_decimal(currency))
                            .expected(&amount.to_decimal(currency)),
                    );
                }
                (OrderStatus::Refunded, None)
            }
            (_, Some(refunded)) => (OrderStatus::Paid, Some(refunded)),
            (Some(OrderState::PartlyRefunded), None) => {
                issues.push(note(IssueCode::Missing));
                (OrderStatus::Paid, None)
            }
            _ => (OrderStatus::Paid, None),
        }
    }
}

fn fill_instant(
    slot: &mut Option<Timestamp>,
    cell: &Cell<'_>,
    context: &Context,
    notes: &mut Notes<'_>,
) {
    if slot.is_none() {
        let moment = notes.moment(cell, context);
        *slot = moment.map(|m| m.instant(context.around.zone));
    }
}

fn fill_text(slot: &mut Option<String>, cell: &Cell<'_>, notes: &mut Notes<'_>) {
    if slot.is_none() {
        *slot = Some(notes.short(&cell.text, SHORT));
    }
}

/// What took the value away, if a finding says so, else that it is missing.
fn cause(issues: &mut Vec<Issue>, field: &str, row: u32) -> Issue {
    let found = issues
        .iter()
        .position(|issue| issue.field.as_deref() == Some(field));
    match found {
        Some(idx) => Issue {
            severity: model::Severity::Error,
            ..issues.remove(idx)
        },
        None => Issue::error(IssueCode::Missing).at_row(row).in_field(field),
    }
}

/// Thousandths of pieces as a decimal.
fn pieces(milli: i64) -> String {
    let (whole, rest) = (milli / 1000, (milli % 1000).abs());
    match rest {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:03}")
            .trim_end_matches('0')
            .to_owned(),
    }
}

/// Milliseconds since midnight as a time of day.
fn clock_of(millis: u32) -> String {
    let seconds = millis / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

/// A part of the amount cannot be more than it.
fn part(
    value: Option<Money>,
    amount: Money,
    field: &str,
    row: u32,
    currency: Currency,
    issues: &mut Vec<Issue>,
) -> Option<Money> {
    let value = value?;
    if value <= amount {
        return Some(value);
    }
    issues.push(
        Issue::warning(IssueCode::TooMuch)
            .at_row(row)
            .in_field(field)
            .found(&value.to_decimal(currency))
            .expected(&amount.to_decimal(currency)),
    );
    None
}

/// Discounts and refunds are written with and without minus.
fn magnitude(
    cell: &Cell<'_>,
    context: &Context,
    currency: Currency,
    notes: &mut Notes<'_>,
) -> Option<Money> {
    let amount = notes.take(amount(&cell.text, currency, context.decimal_comma))?;
    let size = Money(amount.money.0.checked_abs()?);
    (size <= LARGEST).then_some(size)
}

fn times(price: Money, quantity_milli: i64) -> Money {
    let product = i128::from(price.0) * i128::from(quantity_milli);
    let amount = divide(product, 1000, Rounding::HalfUp).and_then(|n| i64::try_from(n).ok());
    Money(amount.unwrap_or(i64::MAX).min(LARGEST.0))
}
