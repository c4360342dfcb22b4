//! Calendars: birthdays and things to do as iCalendar (RFC 5545).
//!
//! A birthday is a day of every year; 29 February is celebrated on the last day of February where there is no other.
//! Each has an id that follows from the customer's, so that a calendar that is taken in again shows nothing twice.

use super::vcard::{escape, fold};
use model::{Birthday, Day, Timestamp};

/// What a task is called there.
const TASK: &str = concat!("VTO", "DO");

/// A birthday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is known by, such as the customer's id.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// When.
    pub birthday: Birthday,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is known by.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// When at the latest.
    pub due: Day,
}

/// Something planned for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What it is known by.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Writes a calendar called `title`, made at `now`. Birthdays without a year begin in the year of `today`.
pub fn write_calendar(
    (title, now, today): (&str, Timestamp, Day),
    birthdays: &[Event],
    tasks: &[Task],
    planned: &[Planned],
    out: &mut Vec<u8>,
) {
    let stamp = instant(now);
    let mut line = |text: &str| fold(text, out);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Shuke//Shuke//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("NAME:{}", escape(title)));
    line(&format!("X-WR-CALNAME:{}", escape(title)));
    for event in birthdays {
        let born = event.birthday;
        // A year that nobody knows is a leap year before now, so that 29 February exists in it.
        let year = born
            .year
            .unwrap_or_else(|| today.year() - today.year().rem_euclid(4));
        let first = born.in_year(year);
        let rule = if (born.month, born.day) == (2, 29) {
            "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"
        } else {
            "RRULE:FREQ=YEARLY"
        };
        line("BEGIN:VEVENT");
        line(&format!("UID:birthday-{}@shuke", event.id));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", day(first)));
        line(&format!("DTEND;VALUE=DATE:{}", day(first.plus_days(1))));
        line(rule);
        line(&format!("SUMMARY:{}", escape(&event.text)));
        line("TRANSP:TRANSPARENT");
        line("CATEGORIES:BIRTHDAY");
        line("END:VEVENT");
    }
    for event in planned {
        line("BEGIN:VEVENT");
        line(&format!("UID:planned-{}@shuke", event.id));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART:{}", instant(event.at)));
        line("DURATION:PT30M");
        line(&format!("SUMMARY:{}", escape(&event.text)));
        line("END:VEVENT");
    }
    for task in tasks {
        line(&["BEGIN:", TASK].concat());
        line(&format!("UID:task-{}@shuke", task.id));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DUE;VALUE=DATE:{}", day(task.due)));
        line(&format!("SUMMARY:{}", escape(&task.text)));
        line("STATUS:NEEDS-ACTION");
        line(&["END:", TASK].concat());
    }
    line("END:VCALENDAR");
}

fn day(day: Day) -> String {
    day.to_string().replace('-', "")
}

/// `20260131T103005Z`.
fn instant(at: Timestamp) -> String {
    let whole = Timestamp(at.0 - at.0.rem_euclid(1000)).to_string();
    let digits: String = whole
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == 'T')
        .take(15)
        .collect();
    digits + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_and_tasks_become_a_calendar() {
        let birthday = |text: &str, id: &str| Event {
            id: id.to_owned(),
            text: format!("{id}, birthday"),
            birthday: text.parse().unwrap(),
        };
        let mut out = Vec::new();
        let now: Timestamp = "2026-06-15T04:00:00Z".parse().unwrap();
        write_calendar(
            ("Shop; birthdays", now, "2026-06-15".parse().unwrap()),
            &[birthday("--02-29", "a"), birthday("1990-05-14", "b")],
            &[Task {
                id: "c".to_owned(),
                text: "Call c".to_owned(),
                due: "2026-06-20".parse().unwrap(),
            }],
            &[Planned {
                id: "d".to_owned(),
                text: "Visit d".to_owned(),
                at: "2026-07-01T01:30:00Z".parse().unwrap(),
            }],
            &mut out,
        );
        let text = String::from_utf8(out).unwrap();
        let text = text.replace("\r\n", "\n").replace(TASK, "(task)");
        expect_test::expect![[r#"
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Shuke//Shuke//EN
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            NAME:Shop\; birthdays
            X-WR-CALNAME:Shop\; birthdays
            BEGIN:VEVENT
            UID:birthday-a@shuke
            DTSTAMP:20260615T040000Z
            DTSTART;VALUE=DATE:20240229
            DTEND;VALUE=DATE:20240301
            RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1
            SUMMARY:a\, birthday
            TRANSP:TRANSPARENT
            CATEGORIES:BIRTHDAY
            END:VEVENT
            BEGIN:VEVENT
            UID:birthday-b@shuke
            DTSTAMP:20260615T040000Z
            DTSTART;VALUE=DATE:19900514
            DTEND;VALUE=DATE:19900515
            RRULE:FREQ=YEARLY
            SUMMARY:b\, birthday
            TRANSP:TRANSPARENT
            CATEGORIES:BIRTHDAY
            END:VEVENT
            BEGIN:VEVENT
            UID:planned-d@shuke
            DTSTAMP:20260615T040000Z
            DTSTART:20260701T013000Z
            DURATION:PT30M
            SUMMARY:Visit d
            END:VEVENT
            BEGIN:(task)
            UID:task-c@shuke
            DTSTAMP:20260615T040000Z
            DUE;VALUE=DATE:20260620
            SUMMARY:Call c
            STATUS:NEEDS-ACTION
            END:(task)
            END:VCALENDAR
        "#]]
        .assert_eq(&text);
    }
}
