//! Arrays that cost nothing until used, and blocks of rows that grow in the middle.

/// A value that stands for none, so that a column needs no second array.
pub(crate) trait Missing: Copy + PartialEq {
    const NONE: Self;
}

impl Missing for u8 {
    const NONE: Self = 0;
}

impl Missing for u32 {
    const NONE: Self = 0;
}

impl Missing for u64 {
    const NONE: Self = 0;
}

impl Missing for i64 {
    const NONE: Self = i64::MIN;
}

impl Missing for i32 {
    const NONE: Self = i32::MIN;
}

/// A column that is only as long as its last value: a field that nobody uses takes no memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lazy<T> {
    values: Vec<T>,
}

impl<T: Missing> Lazy<T> {
    pub(crate) fn get(&self, at: usize) -> T {
        self.values.get(at).copied().unwrap_or(T::NONE)
    }

    pub(crate) fn set(&mut self, at: usize, value: T) {
        match self.values.get_mut(at) {
            Some(place) => *place = value,
            None if value == T::NONE => {}
            None => {
                self.values.resize(at, T::NONE);
                self.values.push(value);
            }
        }
    }

    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    pub(crate) fn gather(&self, rows: &[u32]) -> Self {
        let mut values = Vec::new();
        if !self.values.is_empty() {
            values.extend(rows.iter().map(|&row| self.get(row as usize)));
        }
        Self { values }
    }
}

impl<T> From<Vec<T>> for Lazy<T> {
    fn from(values: Vec<T>) -> Self {
        Self { values }
    }
}

/// Rows of a table that can be moved within it.
pub(crate) trait Table {
    fn rows(&self) -> usize;
    fn push_blank(&mut self);
    fn copy_row(&mut self, from: usize, to: usize);
}

/// Which rows of a table belong to which owner: one block each, with room to grow behind the last row. A block that
/// has no room left moves to the end of the table and leaves a hole; holes are closed by gathering now and then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Blocks {
    start: Vec<u32>,
    len: Vec<u32>,
    room: Vec<u32>,
    /// Rows of the table that belong to no block any more.
    holes: usize,
}

impl Blocks {
    /// From the number of rows of each owner, laid one behind the other.
    pub(crate) fn dense(lens: Vec<u32>) -> Self {
        let mut next = 0u32;
        let start = lens
            .iter()
            .map(|&len| {
                let start = next;
                next = next.wrapping_add(len);
                start
            })
            .collect();
        Self {
            start,
            room: lens.clone(),
            len: lens,
            holes: 0,
        }
    }

    /// One more owner without rows.
    pub(crate) fn push_owner(&mut self) {
        self.start.push(0);
        self.len.push(0);
        self.room.push(0);
    }

    pub(crate) fn owners(&self) -> usize {
        self.len.len()
    }

    /// The rows of an owner.
    pub(crate) fn rows(&self, owner: usize) -> std::ops::Range<usize> {
        let start = self.start.get(owner).copied().unwrap_or(0) as usize;
        start..start + self.len.get(owner).copied().unwrap_or(0) as usize
    }

    /// The number of rows of each owner.
    pub(crate) fn lens(&self) -> &[u32] {
        &self.len
    }

    /// Starts of all blocks.
    pub(crate) fn starts(&self) -> &[u32] {
        &self.start
    }

    /// Makes a place at `offset` within the owner's rows and gives its row.
    pub(crate) fn insert(
        &mut self,
        table: &mut impl Table,
        owner: usize,
        offset: usize,
    ) -> Option<usize> {
        let rows = self.rows(owner);
        let room = self.room.get(owner).copied()? as usize;
        let offset = offset.min(rows.len());
        let mut start = rows.start;
        if rows.len() < room {
            for row in (start + offset..rows.end).rev() {
                table.copy_row(row, row + 1);
            }
        } else if rows.end == table.rows() {
            table.push_blank();
            *self.room.get_mut(owner)? += 1;
            for row in (start + offset..rows.end).rev() {
                table.copy_row(row, row + 1);
            }
        } else {
            start = table.rows();
            let wanted = if rows.is_empty() {
                1
            } else {
                rows.len() + rows.len() / 2 + 2
            };
            for _ in 0..wanted {
                table.push_blank();
            }
            for (at, row) in rows.clone().enumerate() {
                table.copy_row(row, start + at + usize::from(at >= offset));
            }
            self.holes += room;
            *self.room.get_mut(owner)? = wanted as u32;
            *self.start.get_mut(owner)? = start as u32;
        }
        *self.len.get_mut(owner)? += 1;
        Some(start + offset)
    }

    /// Takes out the row at `offset` within the owner's rows.
    pub(crate) fn remove(&mut self, table: &mut impl Table, owner: usize, offset: usize) {
        let rows = self.rows(owner);
        if offset >= rows.len() {
            return;
        }
        for row in rows.start + offset + 1..rows.end {
            table.copy_row(row, row - 1);
        }
        if let Some(len) = self.len.get_mut(owner) {
            *len -= 1;
        }
    }

    /// Gives up all rows of the owner.
    pub(crate) fn clear(&mut self, owner: usize) {
        if let (Some(len), Some(room)) = (self.len.get_mut(owner), self.room.get_mut(owner)) {
            self.holes += *room as usize;
            *len = 0;
            *room = 0;
        }
    }

    /// Whether more than half of a table of so many rows is holes.
    pub(crate) fn is_sparse(&self, rows: usize) -> bool {
        self.holes > 4096 && self.holes > rows / 2
    }

    /// All rows that belong to someone, by owner: what to gather.
    pub(crate) fn all_rows(&self) -> Vec<u32> {
        (0..self.owners())
            .flat_map(|owner| self.rows(owner))
            .map(|row| row as u32)
            .collect()
    }
}
