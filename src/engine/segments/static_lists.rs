//! Static lists: making, renaming, removing, and who is on them as a set.

use crate::apply::Known;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::segments::count_view;
use crate::{Context, Engine, Unanswered};
use model::rule::Rule;
use model::{Issue, IssueCode, ListId};
use protocol::{
    Fault, ListOrigin, MembershipCommand, MembershipOutcome, MembershipReply, Outcome, Reply,
    StaticListView,
};
use segment::{Bitmap, Columns};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use store::{RecordKind, Tx};

/// Longest name of a list, in characters.
const NAME: usize = 200;

/// Longest note, in characters.
const NOTE: usize = 2_000;

/// Who is on the lists that were asked for, kept until a list changes or slots do.
#[derive(Debug, Default)]
pub(crate) struct ListSets {
    sets: RefCell<BTreeMap<ListId, Rc<Bitmap>>>,
}

impl ListSets {
    /// Forgets what these kinds of change make stale.
    pub(crate) fn follow(&self, kinds: &[RecordKind]) {
        let stale = |kind: &RecordKind| {
            matches!(
                kind,
                RecordKind::List | RecordKind::ListMember | RecordKind::Customer
            )
        };
        if kinds.iter().any(stale) {
            self.clear();
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.sets.borrow_mut().clear();
    }

    /// Who is on the list of this id; `None` when it names none.
    pub(crate) fn members(
        &self,
        id: &str,
        columns: &Columns,
        read: store::Reader<'_>,
    ) -> Option<Bitmap> {
        let id: ListId = id.parse().ok()?;
        let known = self.sets.borrow().get(&id).map(Rc::clone);
        let set = match known {
            Some(set) => set,
            None => {
                read.list(id).ok()??;
                let mut set = Bitmap::empty(columns.slots());
                for customer in read.list_members(id).ok()? {
                    if let Some(slot) = columns.slot(customer) {
                        set.set(slot, true);
                    }
                }
                let set = Rc::new(set);
                self.sets.borrow_mut().insert(id, Rc::clone(&set));
                set
            }
        };
        // Customers who came since are on no list that was read before.
        Some(Bitmap::from_words(set.words().to_vec(), columns.slots()))
    }
}

impl Engine {
    /// All static lists with their counts.
    pub(crate) fn static_lists(&mut self, context: &Context) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let sets = Rc::clone(&self.list_sets);
        let zone = self.settings.zone;
        let view = self.view_rule(&Rule::All(Vec::new()), today, today)?;
        let mut shown = Vec::new();
        for (list, _) in view.read.lists().or_fault()? {
            let members = sets
                .members(&list.id.to_string(), view.columns, view.read)
                .unwrap_or_default();
            shown.push(StaticListView {
                id: list.id,
                name: list.name,
                note: list.note,
                origin: list
                    .origin
                    .and_then(|json| serde_json::from_str::<ListOrigin>(&json).ok()),
                made_on: zone.day(list.at),
                count: count_view(&view, &members),
            });
        }
        Ok(Reply::Membership(Box::new(MembershipReply::Lists(shown))))
    }
}

/// A name and a note as they are kept, or what is wrong with them.
pub(crate) fn check_names(
    name: &str,
    note: Option<&str>,
) -> Result<(String, Option<String>), Fault> {
    let name = name.trim();
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    let wrong = |code, field: &str, limit: usize| {
        Fault::invalid(vec![
            Issue::error(code)
                .in_field(field)
                .expected(&limit.to_string()),
        ])
    };
    match name.chars().count() {
        0 => return Err(wrong(IssueCode::Missing, "name", NAME)),
        1..=NAME => {}
        _ => return Err(wrong(IssueCode::TooLong, "name", NAME)),
    }
    if note.is_some_and(|note| note.chars().count() > NOTE) {
        return Err(wrong(IssueCode::TooLong, "note", NOTE));
    }
    Ok((name.to_owned(), note.map(str::to_owned)))
}

/// Carries out what is no long work.
pub(crate) fn carry_out(
    command: &MembershipCommand,
    _known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let id = match command {
        MembershipCommand::SaveList { id, name, note } => {
            let (name, note) = check_names(name, note.as_deref())?;
            match id {
                Some(id) => {
                    existing(tx.read(), *id)?;
                    tx.rename_list(*id, &name, note.as_deref())?;
                    *id
                }
                None => tx.create_list(&name, note.as_deref(), None)?,
            }
        }
        MembershipCommand::RemoveList { id } => {
            existing(tx.read(), *id)?;
            tx.remove_list(*id)?;
            *id
        }
        MembershipCommand::Bulk(_) => {
            return Err(fault::internal("a bulk action is long work").into());
        }
    };
    let outcome = Outcome::Membership(MembershipOutcome::List { id });
    Ok((outcome, Touched::default()))
}

/// The list, or why not.
pub(crate) fn existing(read: store::Reader<'_>, id: ListId) -> Result<store::StaticList, Failure> {
    match read.list(id)? {
        Some(list) => Ok(list),
        None => Err(fault::not_found(id).into()),
    }
}

/// What a list command is about, for the log.
pub(crate) fn subject(
    command: &MembershipCommand,
    read: store::Reader<'_>,
) -> Result<String, Fault> {
    Ok(match command {
        MembershipCommand::SaveList { name, .. } => name.trim().to_owned(),
        MembershipCommand::RemoveList { id } => {
            let list = read.list(*id).or_fault()?;
            list.map(|list| list.name).unwrap_or_default()
        }
        MembershipCommand::Bulk(_) => String::new(),
    })
}
