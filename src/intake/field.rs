//! The fields a column can go to.

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Words.
    Text,
    /// An identifier of another system, always text.
    Key,
    /// A person's or a company's name.
    Name,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A day, or an instant of which the day counts.
    Date,
    /// An instant.
    Instant,
    /// A time of day, in a column beside that of the date.
    Clock,
    /// A birthday, with or without year.
    Birthday,
    /// An amount of money.
    Money,
    /// A number of pieces or a weight.
    Quantity,
    /// Yes or no.
    Flag,
    /// Several words.
    List,
    /// One of a few words (gender, kind, order status).
    Choice,
    /// An ISO 4217 code.
    Currency,
}

/// A field a column can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in [`model::import::ImportPlan::mapping`].
    pub name: &'static str,
    /// What its values are.
    pub kind: FieldKind,
    /// It says something of the order (else of the customer); only for files of orders.
    pub order: bool,
}

/// Every field, in the order a person expects them in a list. Beside these, `custom.<key>` names a field of the
/// owner's own (kind text; numbers and yes/no are recognised).
pub fn fields() -> &'static [Field] {
    FIELDS
}

const fn customer(name: &'static str, kind: FieldKind) -> Field {
    Field {
        name,
        kind,
        order: false,
    }
}

const fn order(name: &'static str, kind: FieldKind) -> Field {
    Field {
        name,
        kind,
        order: true,
    }
}

const FIELDS: &[Field] = &[
    customer("name", FieldKind::Name),
    customer("first_name", FieldKind::Name),
    customer("middle_name", FieldKind::Name),
    customer("last_name", FieldKind::Name),
    customer("nickname", FieldKind::Name),
    customer("company", FieldKind::Name),
    customer("phone", FieldKind::Phone),
    customer("email", FieldKind::Email),
    customer("customer.external_id", FieldKind::Key),
    customer("customer.id", FieldKind::Key),
    customer("kind", FieldKind::Choice),
    customer("gender", FieldKind::Choice),
    customer("birthday", FieldKind::Birthday),
    customer("country", FieldKind::Text),
    customer("province", FieldKind::Text),
    customer("city", FieldKind::Text),
    customer("district", FieldKind::Text),
    customer("postal_code", FieldKind::Key),
    customer("address", FieldKind::Text),
    customer("occupation", FieldKind::Text),
    customer("education", FieldKind::Text),
    customer("income_band", FieldKind::Text),
    customer("industry", FieldKind::Text),
    customer("company_size", FieldKind::Text),
    customer("interests", FieldKind::List),
    customer("tags", FieldKind::List),
    customer("source_channel", FieldKind::Text),
    customer("signup_on", FieldKind::Date),
    customer("owner", FieldKind::Text),
    customer("consent.email", FieldKind::Flag),
    customer("consent.sms", FieldKind::Flag),
    customer("consent.phone", FieldKind::Flag),
    customer("acquisition_cost", FieldKind::Money),
    customer("note", FieldKind::Text),
    order("order.external_id", FieldKind::Key),
    order("order.id", FieldKind::Key),
    order("order.at", FieldKind::Instant),
    order("order.time", FieldKind::Clock),
    order("order.amount", FieldKind::Money),
    order("order.gross", FieldKind::Money),
    order("order.discount", FieldKind::Money),
    order("order.tax", FieldKind::Money),
    order("order.paid_with_points", FieldKind::Money),
    order("order.refunded", FieldKind::Money),
    order("order.refunded_at", FieldKind::Instant),
    order("order.status", FieldKind::Choice),
    order("order.channel", FieldKind::Text),
    order("order.coupon", FieldKind::Text),
    order("order.currency", FieldKind::Currency),
    order("line.product", FieldKind::Text),
    order("line.category", FieldKind::Text),
    order("line.quantity", FieldKind::Quantity),
    order("line.price", FieldKind::Money),
    order("line.amount", FieldKind::Money),
    order("line.discount", FieldKind::Money),
];
