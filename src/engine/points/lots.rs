//! The open lots of everybody: one long list, of which each slot has a stretch. A slot that is folded again gets a new
//! stretch at the end; when much of the list is no one's, it is written anew.

use model::{Day, Points};

/// An open lot: its last usable day and its points.
pub(crate) type Lot = (Option<Day>, Points);

/// Lots of nobody that are put up with.
const SLACK: usize = 4_096;

/// By slot, in the order they are consumed.
#[derive(Clone, Debug, Default)]
pub(crate) struct LotTable {
    all: Vec<Lot>,
    /// Start and end of each slot's lots in `all`.
    stretches: Vec<(u32, u32)>,
    /// Lots that are in no stretch.
    unused: usize,
}

impl LotTable {
    /// Makes room for so many slots.
    pub(crate) fn resize(&mut self, slots: usize) {
        self.stretches.resize(slots, (0, 0));
    }

    /// The lots of a slot.
    pub(crate) fn get(&self, slot: usize) -> Option<&[Lot]> {
        let &(start, end) = self.stretches.get(slot)?;
        self.all.get(start as usize..end as usize)
    }

    /// Puts lots in the place of a slot's.
    pub(crate) fn set(&mut self, slot: usize, lots: impl Iterator<Item = Lot>) {
        let start = self.all.len();
        self.all.extend(lots);
        let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(self.all.len())) else {
            // Four thousand million open lots do not fit a browser's memory.
            self.all.truncate(start);
            return;
        };
        if let Some(place) = self.stretches.get_mut(slot) {
            self.unused += (place.1 - place.0) as usize;
            *place = (from, to);
        }
        if self.unused > SLACK + self.all.len() / 2 {
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        let mut kept = Vec::with_capacity(self.all.len() - self.unused);
        for (start, end) in &mut self.stretches {
            let from = kept.len() as u32;
            kept.extend_from_slice(self.all.get(*start as usize..*end as usize).unwrap_or(&[]));
            (*start, *end) = (from, kept.len() as u32);
        }
        self.all = kept;
        self.unused = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_kept_apart_and_the_list_stays_short() {
        let mut table = LotTable::default();
        table.resize(3);
        let lot = |points| (None, Points(points));
        for round in 0..100_000i64 {
            let slot = (round % 3) as usize;
            table.set(slot, (0..=round % 4).map(|n| lot(round + n)));
            assert_eq!(table.get(slot).unwrap().len() as i64, round % 4 + 1);
            assert_eq!(table.get(slot).unwrap()[0], lot(round));
        }
        assert_eq!(table.get(0).unwrap()[0], lot(99_999));
        assert_eq!(table.get(1).unwrap()[0], lot(99_997));
        assert!(table.all.len() < 3 * SLACK);
        assert_eq!(table.get(3), None);
    }
}
