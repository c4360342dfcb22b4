//! Whose columns changed since when, so that what was worked out before needs another look at those only.

/// Remembered slots; beyond so many whoever asks looks at everybody.
const MOST: usize = 65_536;

/// The slots that were touched, in order. A *tick* counts all touches there ever were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    /// Ticks before the first remembered slot.
    forgotten: u64,
    slots: Vec<u32>,
}

impl Touched {
    /// The tick as it is.
    pub(crate) fn tick(&self) -> u64 {
        self.forgotten + self.slots.len() as u64
    }

    /// Notes a slot.
    pub(crate) fn note(&mut self, slot: u32) {
        if self.slots.len() == MOST {
            self.forgotten += MOST as u64;
            self.slots.clear();
        }
        self.slots.push(slot);
    }

    /// Notes everybody.
    pub(crate) fn note_all(&mut self) {
        self.forgotten = self.tick() + 1;
        self.slots.clear();
    }

    /// The slots touched since a tick, with repetitions; `None` where that is no longer known.
    pub(crate) fn since(&self, tick: u64) -> Option<&[u32]> {
        let from = tick.checked_sub(self.forgotten)?;
        self.slots.get(usize::try_from(from).ok()?..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_said() {
        let mut touched = Touched::default();
        assert_eq!((touched.tick(), touched.since(0)), (0, Some(&[][..])));
        touched.note(3);
        let tick = touched.tick();
        touched.note(4);
        touched.note(3);
        assert_eq!(touched.since(0), Some(&[3, 4, 3][..]));
        assert_eq!(touched.since(tick), Some(&[4, 3][..]));
        assert_eq!(touched.since(touched.tick()), Some(&[][..]));
        let tick = touched.tick();
        touched.note_all();
        assert!(touched.tick() > tick && touched.since(tick).is_none());
        for _ in 0..=MOST {
            touched.note(1);
        }
        assert_eq!(touched.since(tick + 1), None);
        assert_eq!(touched.since(touched.tick() - 1), Some(&[1][..]));
    }
}
