//! Records by any word for the command palette, and the values an attribute has.

use crate::fault::OrFault;
use crate::{Context, Engine, Unanswered};
use model::rule::Attribute;
use protocol::{Fault, FaultCode, FoundRecord, RecordKind, Reply, ValueCount};

/// Most records found at once.
const FOUND_MAX: u32 = 50;

/// Most values given at once.
const VALUES_MAX: u32 = 500;

impl Engine {
    /// Customers and orders by any word, best first; orders after customers.
    pub(crate) fn find(&mut self, search: &str, limit: u32) -> Result<Reply, Unanswered> {
        let search = search.trim();
        let limit = limit.min(FOUND_MAX) as usize;
        if search.is_empty() || limit == 0 {
            return Ok(Reply::Found(Vec::new()));
        }
        let read = self.store.read();
        let ids = read.search(search, limit).or_fault()?;
        let customers = read.customers(&ids).or_fault()?;
        let mut found: Vec<FoundRecord> = customers
            .into_iter()
            .map(|customer| {
                let fields = customer.fields;
                let known_by = [fields.phone, fields.email, fields.external_id, fields.city];
                FoundRecord {
                    kind: RecordKind::Customer,
                    id: customer.id.to_string(),
                    title: fields.name,
                    detail: known_by.into_iter().flatten().next().unwrap_or_default(),
                }
            })
            .collect();
        let left = limit.saturating_sub(found.len());
        if left > 0 {
            let ids = read.orders_by_number(search, left).or_fault()?;
            found.extend(read.orders(&ids).or_fault()?.into_iter().map(|order| {
                let currency = order.fields.currency;
                FoundRecord {
                    kind: RecordKind::Order,
                    id: order.id.to_string(),
                    detail: format!("{} {currency}", order.fields.amount.to_decimal(currency)),
                    title: order.fields.external_id.unwrap_or_default(),
                }
            }));
        }
        Ok(Reply::Found(found))
    }

    /// The values an attribute has, most frequent first.
    pub(crate) fn values(
        &mut self,
        attribute: &str,
        search: &str,
        limit: u32,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let known = Attribute::of(attribute)
            .ok_or_else(|| Fault::new(FaultCode::BadRule).at("attr").found(attribute))?;
        let view = self.view(today, today)?;
        let values = view
            .columns
            .values(&known, search.trim(), limit.min(VALUES_MAX) as usize);
        Ok(Reply::Values(
            values
                .into_iter()
                .map(|(value, count)| ValueCount { value, count })
                .collect(),
        ))
    }
}
