//! The versions of the programme: what held from when.

use crate::pages::segments::spread;
use protocol::ProgramView;
use text::Words;
use ui::prelude::*;

/// The list, newest first.
pub fn versions(words: Words, view: &ProgramView) -> AnyView {
    let rows: Vec<AnyView> = view
        .versions
        .iter()
        .rev()
        .map(|version| {
            let from = match version.from {
                Some(day) => words.points_program_version_from(&words.day(day)),
                None => words.points_program_version_first().to_owned(),
            };
            view! {
                <li>
                    <details>
                        <summary>
                            <strong>{words.points_program_version(&version.version.to_string())}</strong>
                            " "
                            <span class="quiet">{from}</span>
                        </summary>
                        <pre class="code-block" tabindex="0">{spread(&version.program)}</pre>
                    </details>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="section rule-top">
            <h2>{words.points_program_versions()}</h2>
            <ul class="versions">{rows}</ul>
        </section>
    }
    .into_any()
}
