//! Data out: files with chosen columns in the layouts of other programs, archives, calendars, everything about one
//! person, and erasing a person for good.

use crate::{ListRequest, OrderList, Page};
use model::CustomerId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the columns of a file are called, and which there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Our own, with the names of `shuke.d.ts`.
    #[default]
    Shuke,
    /// Our own, with headings and words in a person's language ([`Shape::words`]).
    Words,
    /// As Zoho CRM exports contacts (customers) and deals (orders).
    Zoho,
    /// As Shopify exports customers and orders.
    Shopify,
    /// As HubSpot exports contacts.
    Hubspot,
    /// As 纷享销客 exports 客户.
    Fxiaoke,
    /// As Google Contacts exports.
    Google,
}

/// What a file of customers or orders looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Shape {
    /// Whose layout.
    pub layout: Layout,
    /// The columns by key, in their order; empty is all of our own. Foreign layouts have theirs.
    pub columns: Vec<String>,
    /// For [`Layout::Words`]: what columns and values are called (`name`, `gender.female`, `flag.true`).
    pub words: BTreeMap<String, String>,
    /// Without the apostrophes that keep spreadsheets from executing cells: for programs that are no spreadsheets.
    pub raw: bool,
}

/// Files to take away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutExport {
    /// Customers that a list shows.
    Customers {
        /// Which (its `offset` and `limit` do not matter).
        list: ListRequest,
        /// How.
        shape: Shape,
    },
    /// Orders that a list shows.
    Orders {
        /// Which.
        list: OrderList,
        /// How.
        shape: Shape,
    },
    /// Birthdays and what there is to do, for a calendar (iCalendar, RFC 5545).
    Calendar(CalendarExport),
    /// The whole workspace as JSON with checksums.
    Archive,
    /// Everything that is known about one person, as JSON.
    Person {
        /// Who.
        customer: CustomerId,
    },
}

/// What a calendar holds. In each text `{name}` stands for the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarExport {
    /// Whose birthdays: a segment rule as JSON; `None` is everybody's.
    pub rule: Option<String>,
    /// Birthdays, every year.
    pub birthdays: bool,
    /// What needs attention now, as tasks: customers who slip away, points that expire; planned visits and calls.
    pub tasks: bool,
    /// The calendar's name.
    pub title: String,
    /// A birthday: `{name}`.
    pub birthday: String,
    /// A customer who slips away: `{name}`, `{days}` since the last order.
    pub slipping: String,
    /// Points that expire: `{name}`, `{points}`.
    pub expiring: String,
    /// A planned visit or call: `{name}`, `{what}`.
    pub planned: String,
}

/// Reads what there is to take away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutQuery {
    /// Columns and number of a list of customers.
    Customers(ListRequest),
    /// Columns and number of a list of orders.
    Orders(OrderList),
    /// How many birthdays and tasks there are for a calendar.
    Calendar {
        /// Whose, as in [`CalendarExport::rule`].
        rule: Option<String>,
    },
    /// Files that left, newest first.
    Files {
        /// First row, from 0.
        offset: u64,
        /// At most this many rows.
        limit: u32,
    },
    /// Persons who were erased, newest first.
    Erased {
        /// First row, from 0.
        offset: u64,
        /// At most this many rows.
        limit: u32,
    },
    /// What there is about a person, before they are erased. Also for one who was removed and lives on in the log.
    Traces {
        /// Who.
        customer: CustomerId,
    },
}

/// Answers to [`OutQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutReply {
    /// To [`OutQuery::Customers`] and [`OutQuery::Orders`].
    Offer(Offer),
    /// To [`OutQuery::Calendar`].
    Calendar {
        /// Customers with a birthday.
        birthdays: u64,
        /// Things to do.
        tasks: u64,
    },
    /// To [`OutQuery::Files`].
    Files(Page<FileOut>),
    /// To [`OutQuery::Erased`].
    Erased(Page<Erasure>),
    /// To [`OutQuery::Traces`].
    Traces(Traces),
}

/// What a list can be exported with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Records in the file.
    pub records: u64,
    /// Columns of ours, in their order.
    pub columns: Vec<ColumnOffer>,
    /// The layouts there are, each with the columns of ours that it has no place for.
    pub layouts: Vec<(Layout, Vec<String>)>,
}

/// A column of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnOffer {
    /// Its key (`name`, `custom.shoe size`).
    pub key: String,
    /// What it is of.
    pub group: ColumnGroup,
}

/// What a column is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnGroup {
    /// A field of the record.
    Record,
    /// A field of the owner's own.
    Custom,
    /// Calculated; not read back by an import.
    Calculated,
}

/// A file that left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileOut {
    /// When, in the business's zone.
    pub local_at: String,
    /// Who took it.
    pub who: String,
    /// What it holds: `customers`, `orders`, `backup`, `archive`, `person`, `calendar` ...
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Records in it.
    pub records: u64,
}

/// What there is about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Traces {
    /// Rows by table, as the receipt counts them; tables without any are left out.
    pub rows: Vec<(String, u64)>,
    /// The record itself is there (else only what the log kept of it).
    pub present: bool,
    /// Files that left since the person was first recorded, and so may hold them: newest first, at most 50.
    pub files: Vec<FileOut>,
}

/// The receipt of an erasure. It holds nothing of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// Its number.
    pub id: String,
    /// The id that the person had.
    pub customer: CustomerId,
    /// When, in the business's zone.
    pub local_at: String,
    /// Who did it.
    pub who: String,
    /// Orders and points stayed, without anything that says whose they were.
    pub books_kept: bool,
    /// Rows taken out or emptied, by table.
    pub rows: Vec<(String, u64)>,
    /// The file was written anew, so that nothing is left in its gaps. If not, there was no room for it: it is done
    /// with the next erasure.
    pub rewritten: bool,
    /// Backups and other files that left before and may hold the person: nobody but their keeper can delete them.
    pub files: Vec<FileOut>,
}

/// Changes that cannot be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutCommand {
    /// Erases a person for good: from records, log, search and file. Answered with [`crate::Outcome::Erased`].
    ErasePerson {
        /// Who.
        customer: CustomerId,
        /// Keeps orders and points without anything that says whose they were; else they go, too.
        keep_books: bool,
        /// Must be `ERASE`.
        confirm: String,
    },
}
