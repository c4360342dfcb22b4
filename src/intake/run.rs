//! A whole import's reading: reader and assembler in one.

use crate::{Assembler, Circumstances, Incoming, Reader};
use model::Issue;
use model::import::ImportPlan;

/// Reads a file, fed in chunks, into records.
#[derive(Debug)]
pub struct Intake {
    reader: Reader,
    assembler: Assembler,
    rows: u64,
}

impl Intake {
    /// Reads as the plan says.
    pub fn new(plan: &ImportPlan, circumstances: Circumstances) -> Self {
        Self {
            reader: Reader::new(plan),
            assembler: Assembler::new(plan, circumstances),
            rows: 0,
        }
    }

    /// From now on each record tells what cleaning did to its values ([`Incoming::cleaned`]): for dry runs.
    pub fn watch(&mut self) {
        self.assembler.watch();
    }

    /// Takes the next bytes and appends the records that are complete.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Incoming>) {
        let (assembler, rows) = (&mut self.assembler, &mut self.rows);
        self.reader.feed(bytes, &mut |row| {
            *rows += 1;
            assembler.push(row, out);
        });
    }

    /// Ends the file and appends what is left.
    pub fn finish(&mut self, out: &mut Vec<Incoming>) {
        let (assembler, rows) = (&mut self.assembler, &mut self.rows);
        self.reader.finish(&mut |row| {
            *rows += 1;
            assembler.push(row, out);
        });
        self.assembler.finish(out);
    }

    /// The file's columns found so far (the header of a file of rejected rows).
    pub fn columns(&self) -> &[String] {
        self.reader.columns()
    }

    /// Rows read so far, without header and empty ones.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What was wrong with rows that could not even be split into cells; they give no [`Incoming`]. Emptied by the
    /// call. Count them as skipped rows where the severity is an error.
    pub fn take_issues(&mut self) -> Vec<Issue> {
        self.reader.take_issues()
    }
}
