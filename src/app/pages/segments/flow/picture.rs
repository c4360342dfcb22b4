//! The flow as a picture, with its largest moves as a table behind it; every bar and ribbon opens its customers.

use super::super::sheet::{self, Sheet};
use super::Band;
use super::ask::Asked;
use crate::many::past_href;
use crate::state::use_words;
use protocol::{FlowLink, FlowView, Past};
use text::Words;
use ui::chart::{Figure, Sankey, SankeyLink, SankeyNode};
use ui::prelude::*;
use ui::{Checkbox, ErrorState, ProgressBar};

/// Moves in the table.
const ROWS: usize = 20;

/// The picture, or how far it is.
#[component]
pub fn Picture(
    /// The flow.
    asked: Asked,
    /// Its bands.
    bands: Memo<Vec<Band>>,
) -> impl IntoView {
    let words = use_words();
    let absent = RwSignal::new(false);
    let content = move || match (asked.view.get(), asked.fault.get()) {
        (Some(view), _) => {
            let drawing = Drawing {
                words,
                view: &view,
                bands: &bands.get(),
                absent: absent.get(),
            };
            drawing.draw()
        }
        (None, Some(fault)) => {
            let again = Callback::new(move |()| asked.again.update(|again| *again += 1));
            view! {
                <ErrorState title=words.flow_failed() text=words.fault(&fault) action=words.flow_again() on_action=again/>
            }
            .into_any()
        }
        (None, None) => progress(words, asked),
    };
    view! {
        <div class="flow-picture" aria-busy=move || asked.progress.with(Option::is_some).then_some("true")>
            {content}
            <Checkbox label=words.flow_absent_shown() value=absent/>
        </div>
    }
    .into_any()
}

fn progress(words: Words, asked: Asked) -> AnyView {
    let share = Signal::derive(move || {
        let progress = asked.progress.get()?;
        (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
    });
    let text = move || {
        asked
            .progress
            .get()
            .map(|it| words.flow_working(&words.count(it.done), &words.count(it.total)))
    };
    view! {
        <div class="flow-progress">
            <ProgressBar label=words.flow_label() done=share/>
            <p class="quiet" aria-live="polite">{text}</p>
        </div>
    }
    .into_any()
}

struct Drawing<'a> {
    words: Words,
    view: &'a FlowView,
    bands: &'a [Band],
    /// Those who were not there yet are shown.
    absent: bool,
}

impl Drawing<'_> {
    /// Bands of the answer, the two last of which have no rule of the page.
    fn width(&self) -> usize {
        self.view.rules.len()
    }

    fn name(&self, band: usize) -> String {
        match self.bands.get(band) {
            Some(band) => band.name.clone(),
            None if band + 1 == self.width() => self.words.flow_absent().to_owned(),
            None => self.words.flow_rest().to_owned(),
        }
    }

    fn key(&self, band: usize) -> &'static str {
        match self.bands.get(band) {
            Some(band) => band.key,
            None if band + 1 == self.width() => "absent",
            None => "rest",
        }
    }

    fn is_shown(&self, band: usize) -> bool {
        self.absent || band + 1 != self.width()
    }

    /// Being in a band on a day.
    fn past(&self, band: usize, day: usize) -> Option<Past> {
        let on = *self.view.days.get(day)?;
        let rule = self.view.rules.get(band)?.clone();
        Some(if rule.is_empty() {
            Past::Absent { on }
        } else {
            Past::Held { rule, on }
        })
    }

    fn day(&self, day: usize) -> String {
        let day = self.view.days.get(day).copied();
        day.map(|day| self.words.day(day)).unwrap_or_default()
    }

    fn count(&self, day: usize, band: usize) -> u64 {
        let at = day * self.width() + band;
        self.view.counts.get(at).copied().unwrap_or(0)
    }

    fn link_href(&self, link: &FlowLink) -> Option<String> {
        let at = link.at as usize;
        let past = [
            self.past(link.from as usize, at)?,
            self.past(link.to as usize, at + 1)?,
        ];
        Some(past_href(&past))
    }

    fn links(&self) -> Vec<&FlowLink> {
        let shown =
            |link: &&FlowLink| self.is_shown(link.from as usize) && self.is_shown(link.to as usize);
        self.view.links.iter().filter(shown).collect()
    }

    /// The moves, the largest first.
    fn moves(&self) -> Vec<&FlowLink> {
        let mut moves = self.links();
        moves.retain(|link| link.from != link.to);
        moves.sort_by_key(|link| (std::cmp::Reverse(link.count), link.at, link.from, link.to));
        moves
    }

    fn node(&self, day: usize, band: usize) -> SankeyNode {
        let (name, count) = (self.name(band), self.count(day, band));
        let shown = self.is_shown(band);
        SankeyNode {
            text: self.words.flow_node(&self.day(day), count, &name),
            value: if shown { count as f64 } else { 0.0 },
            href: self.past(band, day).map(|past| past_href(&[past])),
            key: self.key(band),
        }
    }

    fn ribbon(&self, link: &FlowLink) -> SankeyLink {
        let (at, from, to) = (link.at as usize, link.from as usize, link.to as usize);
        let (day, next) = (self.day(at), self.day(at + 1));
        let text = if from == to {
            self.words
                .flow_stay(&day, link.count, &self.name(from), &next)
        } else {
            self.words
                .flow_link(&day, link.count, &self.name(from), &self.name(to), &next)
        };
        SankeyLink {
            at,
            from,
            to,
            value: link.count as f64,
            text,
            href: self.link_href(link),
        }
    }

    fn draw(&self) -> AnyView {
        let words = self.words;
        let days = self.view.days.len();
        let stops = (0..days).map(|day| self.stop(day)).collect();
        let nodes = (0..days)
            .map(|day| (0..self.width()).map(|band| self.node(day, band)).collect())
            .collect();
        let links = self
            .links()
            .into_iter()
            .map(|link| self.ribbon(link))
            .collect();
        let title = match self.moves().first() {
            Some(link) => words.flow_finding(
                &self.name(link.from as usize),
                &self.name(link.to as usize),
                link.count,
            ),
            None => words.flow_finding_none().to_owned(),
        };
        let (legend, table) = (self.legend(), self.table());
        let caption = words.flow_caption(&self.day(0), &self.day(days.saturating_sub(1)));
        view! {
            <Figure title caption>
                {legend}
                <div class="flow-scroll"><Sankey label=words.flow_label() stops nodes links room=340/></div>
            </Figure>
            {self.file()}
            {table}
        }
        .into_any()
    }

    /// Every ribbon as a file, also of those who stayed or were not there yet.
    fn file(&self) -> AnyView {
        let words = self.words;
        let name_at = |band: u32| self.name(band as usize);
        let day_at = |day: usize| {
            let day = self.view.days.get(day);
            day.map(ToString::to_string).unwrap_or_default()
        };
        let rows: Vec<[String; 5]> = self
            .view
            .links
            .iter()
            .map(|link| {
                let at = link.at as usize;
                [
                    day_at(at),
                    day_at(at + 1),
                    name_at(link.from),
                    name_at(link.to),
                    sheet::count(link.count),
                ]
            })
            .collect();
        sheet::save("flow", words.flow_label(), move || {
            let mut sheet = Sheet::new(&[
                words.figure_day(),
                words.figure_next_day(),
                words.figure_from(),
                words.figure_to(),
                words.scoring_moved_count(),
            ]);
            for row in &rows {
                sheet.row(&row.each_ref().map(String::as_str));
            }
            sheet
        })
    }

    fn stop(&self, day: usize) -> String {
        let of = self.view.days.get(day).copied();
        match of {
            Some(of) if day + 1 == self.view.days.len() => self.words.day_of_year(of),
            Some(of) => self.words.month_short(of),
            None => String::new(),
        }
    }

    fn legend(&self) -> AnyView {
        let last = self.view.days.len().saturating_sub(1);
        let some =
            |band: &usize| self.is_shown(*band) && (0..=last).any(|day| self.count(day, *band) > 0);
        let items: Vec<AnyView> = (0..self.width())
            .filter(some)
            .map(|band| {
                let count = self.words.count(self.count(last, band));
                view! {
                    <li>
                        <span class="flow-swatch" data-flow=self.key(band)></span>
                        {self.name(band)}
                        <span class="quiet">{count}</span>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! { <ul class="flow-legend">{items}</ul> }.into_any()
    }

    fn table(&self) -> AnyView {
        let words = self.words;
        let rows: Vec<AnyView> = self
            .moves()
            .into_iter()
            .take(ROWS)
            .map(|link| {
                let at = link.at as usize;
                let days = [self.day(at).as_str(), " – ", &self.day(at + 1)].concat();
                let href = self.link_href(link).unwrap_or_default();
                view! {
                    <tr>
                        <th scope="row">{self.name(link.from as usize)}</th>
                        <td>{self.name(link.to as usize)}</td>
                        <td class="quiet wide-only">{days}</td>
                        <td class="end"><a href=href>{words.count(link.count)}</a></td>
                    </tr>
                }
                .into_any()
            })
            .collect();
        if rows.is_empty() {
            return ().into_any();
        }
        view! {
            <section class="section rule-top">
                <h2>{words.flow_table()}</h2>
                <p class="quiet">{words.flow_table_note()}</p>
                <table class="table flow-moves" aria-label=words.flow_table()>
                    <thead>
                        <tr>
                            <th scope="col">{words.flow_table_from()}</th>
                            <th scope="col">{words.flow_table_to()}</th>
                            <th scope="col" class="wide-only">{words.flow_table_day()}</th>
                            <th scope="col" class="end">{words.flow_table_count()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
        .into_any()
    }
}
