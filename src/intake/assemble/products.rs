//! Product texts that hold a whole order: `商品甲(1件);商品乙(2件)` (有赞), `2× Name, 1× Name` (Woo).

/// Products with thousandths of pieces, or `None` when the text is not in such a form throughout.
pub(crate) fn several(text: &str) -> Option<Vec<(&str, i64)>> {
    counted_behind(text).or_else(|| counted_before(text))
}

fn counted_behind(text: &str) -> Option<Vec<(&str, i64)>> {
    let mut products = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (end, count, behind) = first_count(rest)?;
        let product = rest.get(..end)?.trim();
        if product.is_empty() {
            return None;
        }
        products.push((product, count));
        rest = rest
            .get(behind..)?
            .trim_start_matches([';', '；', ',', '，', '、', '\n', ' ', '|']);
    }
    (!products.is_empty()).then_some(products)
}

/// The first `(3件)` that ends a product: where it begins, the count, where it ends.
fn first_count(text: &str) -> Option<(usize, i64, usize)> {
    for (at, open) in text.char_indices().filter(|(_, c)| matches!(c, '(' | '（')) {
        let inner = text.get(at + open.len_utf8()..)?;
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        let Some(count) = inner.get(..digits).and_then(thousandths) else {
            continue;
        };
        let unit = inner.get(digits..)?;
        let Some(behind) = unit.strip_prefix('件').or_else(|| unit.strip_prefix('个')) else {
            continue;
        };
        let Some(rest) = behind.strip_prefix([')', '）']) else {
            continue;
        };
        let next = rest.trim_start();
        if next.is_empty()
            || next.starts_with([';', '；', ',', '，', '、', '|'])
            || rest.starts_with('\n')
        {
            return Some((at, count, text.len() - rest.len()));
        }
    }
    None
}

fn counted_before(text: &str) -> Option<Vec<(&str, i64)>> {
    let mut products: Vec<(&str, i64)> = Vec::new();
    let mut start = 0;
    let mut rest = text;
    let (mut count, behind) = leading_count(rest)?;
    rest = behind;
    // A comma separates only where a new count follows: names have commas, too.
    for (at, _) in rest.match_indices(", ") {
        let next = rest.get(at + 2..)?;
        if let Some((next_count, behind)) = leading_count(next) {
            products.push((rest.get(start..at)?.trim(), count));
            count = next_count;
            start = rest.len() - behind.len();
        }
    }
    products.push((rest.get(start..)?.trim(), count));
    products
        .iter()
        .all(|(p, _)| !p.is_empty())
        .then_some(products)
}

fn leading_count(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count = text.get(..digits).and_then(thousandths)?;
    let behind = text.get(digits..)?.strip_prefix('×')?;
    Some((count, behind.strip_prefix(' ').unwrap_or(behind)))
}

fn thousandths(digits: &str) -> Option<i64> {
    let count: i64 = digits.parse().ok()?;
    (0..1_000_000).contains(&count).then(|| count * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_taken_apart() {
        for (text, products) in [
            (
                "商品甲2盒尊享礼品装(1件)",
                Some(vec![("商品甲2盒尊享礼品装", 1000)]),
            ),
            (
                "甲(红)(2件);乙（1件）",
                Some(vec![("甲(红)", 2000), ("乙", 1000)]),
            ),
            (
                "甲(1件)，乙(10件)",
                Some(vec![("甲", 1000), ("乙", 10_000)]),
            ),
            (
                "2× Tee, black, 1× Cap",
                Some(vec![("Tee, black", 2000), ("Cap", 1000)]),
            ),
            ("甲(1件)乙", None),
            ("甲", None),
            ("(1件)", None),
            ("2×", None),
            ("", None),
            ("99999999999999999999× a", None),
        ] {
            assert_eq!(several(text), products, "{text}");
        }
    }
}
