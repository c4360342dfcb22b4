//! How good the data is: looking at everything, the rows behind each finding, mending them, and what each analysis
//! should be read with.
//!
//! A look goes over all customers twice (once to learn what is usual: spellings, shared contacts, costs) and over all
//! orders twice (once to learn what amounts are usual). What is kept is which records a finding has; what is wrong
//! with a record is worked out anew from the record whenever it is shown or mended, so that nothing is mended that was
//! mended since.

mod customer;
mod fill;
mod fix;
mod look;
mod order;
mod shape;

pub use fix::FixSession;
pub use look::LookSession;

use crate::fault::OrFault;
use crate::{Context, Engine, Unanswered};
use model::{CustomerId, OrderId};
use protocol::{
    Analysis, Fault, FieldFill, Finding, FindingCount, Page, QualityNote, QualityOverview,
    QualityQuery, QualityReply, QualityRow, Reply,
};
use shape::Shape;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Rows that one answer may have.
const ROWS_MAX: u32 = 200;

/// What the last look found.
pub(crate) struct Kept {
    data_version: u64,
    shape: Rc<Shape>,
    customers: u64,
    companies: u64,
    orders: u64,
    fields: Vec<FieldFill>,
    currencies: Vec<(String, u64)>,
    /// Raw ids of records, ascending.
    rows: BTreeMap<Finding, Vec<i64>>,
    mendable: BTreeMap<Finding, u64>,
    /// Findings of which only the number is known.
    counts: BTreeMap<Finding, u64>,
}

impl Kept {
    fn count(&self, finding: Finding) -> u64 {
        let rows = self.rows.get(&finding).map_or(0, |rows| rows.len() as u64);
        rows + self.counts.get(&finding).copied().unwrap_or(0)
    }
}

/// Something wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) finding: Finding,
    /// The field, as in `shuke.d.ts`.
    pub(crate) field: &'static str,
    /// What is there.
    pub(crate) value: String,
    /// What should be.
    pub(crate) suggestion: Option<String>,
}

impl Hit {
    pub(crate) fn new(finding: Finding, field: &'static str, value: impl Into<String>) -> Self {
        Self {
            finding,
            field,
            value: value.into(),
            suggestion: None,
        }
    }

    pub(crate) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion.filter(|it| *it != self.value);
        self
    }
}

impl Engine {
    /// Answers a query about quality.
    pub(crate) fn quality_query(
        &mut self,
        query: &QualityQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            QualityQuery::Overview => QualityReply::Overview(self.quality_overview()),
            QualityQuery::Rows {
                finding,
                offset,
                limit,
            } => QualityReply::Rows(self.quality_rows(
                *finding,
                *offset,
                (*limit).min(ROWS_MAX),
                context,
            )?),
            QualityQuery::Notes { analysis } => QualityReply::Notes(self.quality_notes(*analysis)),
        };
        Ok(Reply::Quality(reply))
    }

    /// What the last look found; `None` before the first.
    pub(crate) fn quality_overview(&self) -> Option<QualityOverview> {
        let kept = self.quality.as_ref()?;
        let findings = Finding::ALL.into_iter().filter_map(|finding| {
            let count = kept.count(finding);
            let mendable = kept.mendable.get(&finding).copied().unwrap_or(0);
            (count > 0).then_some(FindingCount {
                finding,
                count,
                mendable,
            })
        });
        Some(QualityOverview {
            stale: kept.data_version != self.data_version,
            customers: kept.customers,
            companies: kept.companies,
            orders: kept.orders,
            fields: kept.fields.clone(),
            findings: findings.collect(),
            currencies: kept.currencies.clone(),
        })
    }

    fn quality_notes(&self, analysis: Analysis) -> Option<Vec<QualityNote>> {
        let kept = self
            .quality
            .as_ref()
            .filter(|kept| kept.data_version == self.data_version)?;
        let notes = Finding::ALL.into_iter().filter_map(|finding| {
            let count = kept.count(finding);
            let affects = finding.affects().contains(&analysis);
            (affects && count > 0).then_some(QualityNote { finding, count })
        });
        Some(notes.collect())
    }

    fn quality_rows(
        &mut self,
        finding: Finding,
        offset: u64,
        limit: u32,
        context: &Context,
    ) -> Result<Page<QualityRow>, Fault> {
        let kept = self.quality.as_ref();
        let all = kept.and_then(|kept| kept.rows.get(&finding));
        let total = all.map_or(0, |rows| rows.len() as u64);
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let ids: Vec<i64> = all
            .map(|rows| {
                rows.iter()
                    .skip(skip)
                    .take(limit as usize)
                    .copied()
                    .collect()
            })
            .unwrap_or_default();
        let shape = kept.map(|kept| Rc::clone(&kept.shape)).unwrap_or_default();
        let mut items = Vec::with_capacity(ids.len());
        for id in ids {
            let row = if finding.is_about_orders() {
                self.order_row(finding, OrderId(id))?
            } else {
                self.customer_row(finding, CustomerId(id), &shape, context)?
            };
            items.extend(row);
        }
        Ok(Page {
            total,
            offset,
            items,
        })
    }

    fn customer_row(
        &self,
        finding: Finding,
        id: CustomerId,
        shape: &Shape,
        context: &Context,
    ) -> Result<Option<QualityRow>, Fault> {
        let Some(customer) = self.store.read().customer(id).or_fault()? else {
            return Ok(None);
        };
        let hits = self.hits(&customer, shape, context);
        let hit = hits.into_iter().find(|hit| hit.finding == finding);
        Ok(hit.map(|hit| QualityRow {
            record: id.to_string(),
            customer: id,
            name: crate::customers::subject(&customer.fields),
            order: None,
            order_title: None,
            field: hit.field.to_owned(),
            value: hit.value,
            suggestion: hit.suggestion,
        }))
    }

    /// What is wrong with a customer.
    fn hits(&self, customer: &model::Customer, shape: &Shape, context: &Context) -> Vec<Hit> {
        let with = customer::With {
            shape,
            today: self.today(context),
            country: &self.settings.phone_country,
            currency: self.settings.currency,
            first_order: self.first_order(customer.id, context),
        };
        customer::check(&customer.fields, &with)
    }

    fn first_order(&self, id: CustomerId, context: &Context) -> Option<model::Day> {
        let columns = self.columns.as_ref()?;
        let today = self.today(context);
        columns
            .orders(columns.slot(id)?)
            .filter(|order| order.counts_on(today))
            .map(|order| order.day())
            .min()
    }

    fn order_row(&self, finding: Finding, id: OrderId) -> Result<Option<QualityRow>, Fault> {
        let read = self.store.read();
        let Some(order) = read.order(id).or_fault()? else {
            return Ok(None);
        };
        let customer = read.customer(order.customer).or_fault()?;
        let at = self.settings.zone.write_local(order.fields.at);
        let currency = order.fields.currency;
        let amount = format!("{} {currency}", order.fields.amount.to_decimal(currency));
        let (field, value) = match finding {
            Finding::FutureOrder | Finding::AncientOrder => ("at", at.replace('T', " ")),
            Finding::ReturnedWithoutRefund => ("status", amount),
            Finding::NoCategory => {
                let products: Vec<&str> = order
                    .fields
                    .lines
                    .iter()
                    .map(|line| line.product.as_str())
                    .take(3)
                    .collect();
                ("lines", products.join(", "))
            }
            _ => ("amount", amount),
        };
        Ok(Some(QualityRow {
            record: id.to_string(),
            customer: order.customer,
            name: customer
                .map(|it| crate::customers::subject(&it.fields))
                .unwrap_or_default(),
            order: Some(id),
            order_title: Some(match order.fields.external_id {
                Some(number) => format!("{number} · {}", at.replace('T', " ")),
                None => at.replace('T', " "),
            }),
            field: field.to_owned(),
            value,
            suggestion: None,
        }))
    }
}
