//! The versions of the programme: what held from when, what each changed, in words.

use super::editing::Editing;
use super::save;
use crate::pages::segments::spread;
use crate::state::{use_state, use_today};
use model::program::Program;
use protocol::{ProgramVersionView, ProgramView};
use ui::prelude::*;
use ui::{Badge, Button, Look, Tone};

/// The list, the latest first day first.
pub fn versions(editing: Editing, view: &ProgramView) -> AnyView {
    let words = editing.words;
    let today = use_today();
    let mut sorted: Vec<&ProgramVersionView> = view.versions.iter().collect();
    sorted.sort_by_key(|it| (it.from, it.version));
    // Of two with the same first day the later one holds.
    let in_force = sorted
        .iter()
        .rfind(|it| it.from.is_none_or(|from| from <= today))
        .or(sorted.first())
        .map(|it| it.version);
    let rows: Vec<AnyView> = sorted
        .iter()
        .enumerate()
        .rev()
        .map(|(place, version)| {
            let before = place.checked_sub(1).and_then(|place| sorted.get(place));
            let now = Some(version.version) == in_force;
            row(editing, version, before.copied(), now)
        })
        .collect();
    view! {
        <section class="section rule-top">
            <h2>{words.program_versions()}</h2>
            <ul class="versions">{rows}</ul>
        </section>
    }
    .into_any()
}

fn row(
    editing: Editing,
    version: &ProgramVersionView,
    before: Option<&ProgramVersionView>,
    now: bool,
) -> AnyView {
    let words = editing.words;
    let from = match version.from {
        Some(day) if day > use_today() => words.program_version_coming(&words.day(day)),
        from => words.version_from(from),
    };
    let Ok(program) = Program::parse(&version.program) else {
        // Saved by another version of this product: the text is there all the same.
        let text = spread(&version.program);
        return view! { <li><pre class="code-block" tabindex="0">{text}</pre></li> }.into_any();
    };
    let before = before.and_then(|it| Program::parse(&it.program).ok());
    let changes = before.map(|before| {
        let changes = words.changes_between(&before, &program);
        let title = if changes.is_empty() {
            words.program_changes_none()
        } else {
            words.program_version_changes()
        };
        view! { <h3>{title}</h3> {save::list(editing, changes)} }
    });
    let lines: Vec<AnyView> = words
        .program_lines(&program)
        .into_iter()
        .map(|line| view! { <li>{line.text}</li> }.into_any())
        .collect();
    let number = version.version.to_string();
    let state = use_state();
    let said = words.program_version_used(&number);
    let title = words.program_version(&number);
    let use_it = move |()| {
        editing.replace(&program);
        state.toasts.done(said.clone(), None);
    };
    view! {
        <li>
            <details>
                <summary>
                    <strong>{title}</strong>
                    " "
                    <span class="quiet">{from}</span>
                    " "
                    {now.then(|| view! { <Badge label=words.program_version_now() tone=Tone::Good/> })}
                </summary>
                <div class="version">
                    {changes}
                    <h3>{words.program_version_words()}</h3>
                    <ul class="plain-lines">{lines}</ul>
                    <details>
                        <summary>{words.program_version_json()}</summary>
                        <pre class="code-block" tabindex="0">{spread(&version.program)}</pre>
                    </details>
                    <div class="actions">
                        <Button label=words.program_version_use() look=Look::Quiet on_press=use_it/>
                    </div>
                </div>
            </details>
        </li>
    }
    .into_any()
}
