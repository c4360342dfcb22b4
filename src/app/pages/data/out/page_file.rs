//! A page of its own, to be read or printed without Shuke: plain HTML with its style inside and nothing that runs.

use serde_json::Value;
use text::Words;

/// A page in the making.
pub struct Page {
    html: String,
}

/// Text as HTML has it.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What turns the direction of text around could make a value look like another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() && c != '\n' => {}
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "body{font:15px/1.6 system-ui,'PingFang SC','Noto Sans SC','Microsoft YaHei',sans-serif;\
    max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1b19;background:#fff}h1{font-size:1.6rem}\
    h2{font-size:1.15rem;margin-top:2rem;border-top:1px solid #ddd;padding-top:1rem}\
    dl{display:grid;grid-template-columns:minmax(8rem,16rem) 1fr;gap:.25rem 1rem}dt{color:#5c5953}dd{margin:0;\
    overflow-wrap:anywhere;white-space:pre-wrap}table{border-collapse:collapse;width:100%;font-size:.9rem}\
    th,td{text-align:start;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #eee;\
    overflow-wrap:anywhere}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem}\
    @media print{body{margin:0}}";

impl Page {
    /// With a title.
    pub fn new(words: Words, title: &str) -> Self {
        let title = escaped(title);
        let html = [
            "<!DOCTYPE html>\n<html lang=\"",
            words.locale.tag(),
            "\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>",
            &title,
            "</title><style>",
            STYLE,
            "</style></head><body><h1>",
            &title,
            "</h1>\n",
        ]
        .concat();
        Self { html }
    }

    /// A part begins.
    pub fn heading(&mut self, text: &str) {
        self.html += &["<h2>", &escaped(text), "</h2>\n"].concat();
    }

    /// A paragraph.
    pub fn text(&mut self, text: &str) {
        self.html += &["<p>", &escaped(text), "</p>\n"].concat();
    }

    /// Names and values.
    pub fn pairs(&mut self, pairs: Vec<(String, String)>) {
        self.html += "<dl>";
        for (name, value) in pairs {
            self.html += &[
                "<dt>",
                &escaped(&name),
                "</dt><dd>",
                &escaped(&value),
                "</dd>",
            ]
            .concat();
        }
        self.html += "</dl>\n";
    }

    /// Rows of cells.
    pub fn rows(&mut self, rows: Vec<Vec<String>>) {
        self.html += "<table>";
        for row in rows {
            self.html += "<tr>";
            for cell in row {
                self.html += &["<td>", &escaped(&cell), "</td>"].concat();
            }
            self.html += "</tr>";
        }
        self.html += "</table>\n";
    }

    /// Objects as a table: a column for each name that any has.
    pub fn objects(&mut self, name: &dyn Fn(&str) -> String, items: &[Value]) {
        let mut columns: Vec<&str> = Vec::new();
        for item in items {
            for key in item.as_object().into_iter().flat_map(|it| it.keys()) {
                if !columns.contains(&key.as_str()) {
                    columns.push(key);
                }
            }
        }
        self.html += "<table><tr>";
        for column in &columns {
            self.html += &["<th>", &escaped(&name(column)), "</th>"].concat();
        }
        self.html += "</tr>";
        for item in items {
            self.html += "<tr>";
            for column in &columns {
                let text = item.get(*column).map(shown).unwrap_or_default();
                self.html += &["<td>", &escaped(&text), "</td>"].concat();
            }
            self.html += "</tr>";
        }
        self.html += "</table>\n";
    }

    /// Something to open: every row of a table as it is stored.
    pub fn folded(&mut self, title: &str, text: &str) {
        self.html += &[
            "<details><summary>",
            &escaped(title),
            "</summary><pre>",
            &escaped(text),
            "</pre></details>\n",
        ]
        .concat();
    }

    /// The whole page.
    pub fn end(mut self) -> String {
        self.html += "</body></html>\n";
        self.html
    }
}

/// A value of JSON as a person reads it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            let long = items.iter().any(|item| item.contains([':', '\n']));
            items.join(if long { "\n" } else { ", " })
        }
        Value::Object(fields) => {
            let pairs: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| [name, ": ", &shown(value)].concat())
                .collect();
            pairs.join("; ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use text::Locale;

    #[test]
    fn nothing_in_a_page_runs() {
        let mut page = Page::new(Words::new(Locale::En), "<script>alert(1)</script>");
        page.pairs(vec![("a\"b".into(), "<img src=x onerror=alert(1)>".into())]);
        let name = |key: &str| key.to_owned();
        page.objects(
            &name,
            &[json!({"x": "</td><svg onload=alert(1)>", "y": ["a", {"b": 1}]})],
        );
        let html = page.end();
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<svg"));
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
        assert!(html.contains("a\nb: 1") || html.contains("a, b: 1"));
    }
}
