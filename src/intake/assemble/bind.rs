//! Columns to targets: the mapping's words looked up once instead of for every cell.

use crate::field::{FieldKind, fields};
use crate::inspect::preset;
use model::import::{FileFormat, ImportPlan};

/// At most so many fields of the owner's own.
const MAX_CUSTOM: usize = 100;

/// Where a cell goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Customer(CustomerTarget),
    Order(OrderTarget),
    Line(LineTarget),
    Custom(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CustomerTarget {
    Name,
    FirstName,
    MiddleName,
    LastName,
    Nickname,
    Company,
    Phone,
    Email,
    ExternalId,
    Id,
    Kind,
    Gender,
    Birthday,
    Country,
    Province,
    City,
    District,
    PostalCode,
    Address,
    Occupation,
    Education,
    IncomeBand,
    Industry,
    CompanySize,
    Interests,
    Tags,
    SourceChannel,
    SignupOn,
    Owner,
    ConsentEmail,
    ConsentSms,
    ConsentPhone,
    AcquisitionCost,
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderTarget {
    ExternalId,
    Id,
    At,
    Time,
    Amount,
    Gross,
    Discount,
    Tax,
    PaidWithPoints,
    Refunded,
    RefundedAt,
    Status,
    Channel,
    Coupon,
    Currency,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineTarget {
    Product,
    Category,
    Quantity,
    Price,
    Amount,
    Discount,
}

impl OrderTarget {
    fn parse(name: &str) -> Option<Self> {
        use OrderTarget as O;
        Some(match name {
            "order.external_id" => O::ExternalId,
            "order.id" => O::Id,
            "order.at" => O::At,
            "order.time" => O::Time,
            "order.amount" => O::Amount,
            "order.gross" => O::Gross,
            "order.discount" => O::Discount,
            "order.tax" => O::Tax,
            "order.paid_with_points" => O::PaidWithPoints,
            "order.refunded" => O::Refunded,
            "order.refunded_at" => O::RefundedAt,
            "order.status" => O::Status,
            "order.channel" => O::Channel,
            "order.coupon" => O::Coupon,
            "order.currency" => O::Currency,
            _ => return None,
        })
    }
}

impl Target {
    fn parse(name: &str) -> Option<Self> {
        use CustomerTarget as C;
        use LineTarget as L;
        let customer = match name {
            "name" => C::Name,
            "first_name" => C::FirstName,
            "middle_name" => C::MiddleName,
            "last_name" => C::LastName,
            "nickname" => C::Nickname,
            "company" => C::Company,
            "phone" => C::Phone,
            "email" => C::Email,
            "customer.external_id" => C::ExternalId,
            "customer.id" => C::Id,
            "kind" => C::Kind,
            "gender" => C::Gender,
            "birthday" => C::Birthday,
            "country" => C::Country,
            "province" => C::Province,
            "city" => C::City,
            "district" => C::District,
            "postal_code" => C::PostalCode,
            "address" => C::Address,
            "occupation" => C::Occupation,
            "education" => C::Education,
            "income_band" => C::IncomeBand,
            "industry" => C::Industry,
            "company_size" => C::CompanySize,
            "interests" => C::Interests,
            "tags" => C::Tags,
            "source_channel" => C::SourceChannel,
            "signup_on" => C::SignupOn,
            "owner" => C::Owner,
            "consent.email" => C::ConsentEmail,
            "consent.sms" => C::ConsentSms,
            "consent.phone" => C::ConsentPhone,
            "acquisition_cost" => C::AcquisitionCost,
            "note" => C::Note,
            _ => {
                if let Some(order) = OrderTarget::parse(name) {
                    return Some(Self::Order(order));
                }
                return match name {
                    "line.product" => Some(Self::Line(L::Product)),
                    "line.category" => Some(Self::Line(L::Category)),
                    "line.quantity" => Some(Self::Line(L::Quantity)),
                    "line.price" => Some(Self::Line(L::Price)),
                    "line.amount" => Some(Self::Line(L::Amount)),
                    "line.discount" => Some(Self::Line(L::Discount)),
                    _ => {
                        let key = name.strip_prefix("custom.")?.trim();
                        let key: String = key.chars().take(200).collect();
                        (!key.is_empty()).then_some(Self::Custom(key))
                    }
                };
            }
        };
        Some(Self::Customer(customer))
    }

    /// It says something of an order.
    fn of_order(&self) -> bool {
        matches!(self, Self::Order(_) | Self::Line(_))
    }
}

/// A column that goes somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) column: usize,
    pub(crate) target: Target,
    pub(crate) kind: FieldKind,
    /// Header and field, for findings.
    pub(crate) header: String,
    pub(crate) field: String,
    /// Texts of the column may have an apostrophe before what is a key, a number or a date: a workbook that was made
    /// of another program's file.
    pub(crate) strip: bool,
}

/// All columns that go somewhere, in the order of the file; grows with a JSON file's columns.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub(crate) list: Vec<Binding>,
    known_columns: usize,
    custom_count: usize,
}

impl Bindings {
    /// Binds the columns that are new since the last call.
    pub(crate) fn extend(&mut self, columns: &[String], plan: &ImportPlan, orders: bool) {
        let ours = plan
            .preset
            .as_deref()
            .is_some_and(|name| name.starts_with("shuke_"));
        for (column, header) in columns.iter().enumerate().skip(self.known_columns) {
            let Some(field) = plan.mapping.get(header) else {
                continue;
            };
            let Some(target) = Target::parse(field) else {
                continue;
            };
            if target.of_order() && !orders {
                continue;
            }
            if matches!(target, Target::Custom(_)) {
                self.custom_count += 1;
                if self.custom_count > MAX_CUSTOM {
                    continue;
                }
            }
            let kind = fields()
                .iter()
                .find(|f| f.name == field)
                .map_or(FieldKind::Text, |f| f.kind);
            self.list.push(Binding {
                column,
                target,
                kind,
                header: header.clone(),
                field: field.clone(),
                strip: plan.format == FileFormat::Sheet && !ours,
            });
        }
        self.known_columns = columns.len().max(self.known_columns);
        // Of several columns for one field the first counts: the file's first, or what the program prefers.
        let preset = plan.preset.as_deref().and_then(preset::by_name);
        if let Some(preset) = preset {
            self.list
                .sort_by_cached_key(|binding| preset.rank(&preset::key(&binding.header)));
        }
    }

    pub(crate) fn is_current(&self, columns: &[String]) -> bool {
        self.known_columns == columns.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_target() {
        for field in fields() {
            let target = Target::parse(field.name);
            assert!(target.is_some(), "{}", field.name);
            assert_eq!(target.unwrap().of_order(), field.order, "{}", field.name);
        }
        assert_eq!(
            Target::parse("custom.鞋码"),
            Some(Target::Custom("鞋码".to_owned()))
        );
        for bad in ["", "custom.", "custom. ", "order", "Name", "__proto__"] {
            assert_eq!(Target::parse(bad), None, "{bad}");
        }
    }
}
