//! A draft as the rows that a person sees: a flat list, so that a row keeps its element wherever it moves.

use super::draft::{Draft, Node, NodeId};

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A group's head or a condition.
    Node,
    /// A condition on orders or events.
    Where,
    /// The way to add to a group.
    Add,
    /// The way to add a condition on orders or events.
    AddWhere,
}

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Of which node or condition.
    pub id: NodeId,
    /// What it shows.
    pub kind: RowKind,
    /// How far it is set in; the outermost group is 0.
    pub depth: usize,
    /// Its place among its siblings, from 1; 0 for rows that add.
    pub place: usize,
    /// How many siblings there are.
    pub of: usize,
}

impl Row {
    /// Names the row among all rows.
    pub fn key(&self) -> u64 {
        let adds = matches!(self.kind, RowKind::Add | RowKind::AddWhere);
        u64::from(self.id) * 2 + u64::from(adds)
    }
}

/// All rows, from top to bottom.
pub fn rows(draft: &Draft) -> Vec<Row> {
    let mut rows = Vec::new();
    add(&draft.root, 0, (1, 1), &mut rows);
    rows
}

fn add(node: &Node, depth: usize, (place, of): (usize, usize), rows: &mut Vec<Row>) {
    let row = |id, kind, depth, (place, of)| Row {
        id,
        kind,
        depth,
        place,
        of,
    };
    rows.push(row(node.id, RowKind::Node, depth, (place, of)));
    if let Some(measured) = node.measured() {
        let count = measured.conditions.len();
        for (at, it) in measured.conditions.iter().enumerate() {
            rows.push(row(it.id, RowKind::Where, depth + 1, (at + 1, count)));
        }
        rows.push(row(node.id, RowKind::AddWhere, depth + 1, (0, 0)));
    }
    if node.is_group() {
        let nodes = node.nodes();
        for (at, inner) in nodes.iter().enumerate() {
            add(inner, depth + 1, (at + 1, nodes.len()), rows);
        }
        rows.push(row(node.id, RowKind::Add, depth + 1, (0, 0)));
    }
}
