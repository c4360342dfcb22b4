//! The fold.

use crate::{Account, AsOf, Entry, Member, OpenLot, Overflow, Programs, Standing};

/// Folds members one after the other, reusing its buffers.
#[derive(Debug)]
pub struct Evaluator<'p> {
    programs: &'p Programs,
}

impl<'p> Evaluator<'p> {
    /// With empty buffers.
    pub fn new(programs: &'p Programs) -> Self {
        Self { programs }
    }

    /// What the member has: the fast way, without lots' ids and without entries.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn standing(&mut self, _member: &Member<'_>, _as_of: AsOf) -> Result<Standing, Overflow> {
        let _ = self.programs;
        Ok(Standing::default())
    }

    /// The last member's open lots in the order they are consumed: last usable day and points. For [`crate::Overview`].
    pub fn open_lots(&self) -> impl Iterator<Item = (Option<model::Day>, model::Points)> + '_ {
        std::iter::empty()
    }

    /// What the member has, with lots.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn account(&mut self, member: &Member<'_>, as_of: AsOf) -> Result<Account, Overflow> {
        let standing = self.standing(member, as_of)?;
        Ok(Account {
            standing,
            lots: Vec::<OpenLot>::new(),
        })
    }

    /// The account, and the entries that led to it, oldest first.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn ledger(
        &mut self,
        member: &Member<'_>,
        as_of: AsOf,
    ) -> Result<(Account, Vec<Entry>), Overflow> {
        Ok((self.account(member, as_of)?, Vec::new()))
    }
}
