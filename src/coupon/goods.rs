//! Which lines a coupon is about.

use crate::Line;
use model::coupon::Goods;

/// A product or category as it compares: without outer blanks, case and width.
pub fn folded(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a line is among the goods. A line without a category is in none.
pub fn holds(goods: &Goods, line: &Line<'_>) -> bool {
    let among = |names: &[String], name: &str| {
        let name = folded(name);
        names.iter().any(|known| folded(known) == name)
    };
    match goods {
        Goods::All => true,
        Goods::Products(names) => among(names, line.product),
        Goods::Categories(names) => line.category.is_some_and(|name| among(names, name)),
    }
}
