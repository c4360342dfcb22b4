//! The workspace's settings.

use crate::apply::{Known, saved};
use crate::fault::{Failure, OrFault};
use crate::follow::Touched;
use crate::{Applied, Context, Engine, rates};
use model::{
    Issue, IssueCode, LifecycleThresholds, OwnRhythm, PointsAssumptions, RfmOptions,
    WorkspaceSettings,
};
use protocol::{Fault, FaultCode, Outcome};
use store::Tx;

/// Longest name of a business, in characters.
const NAME_CHARACTERS: usize = 200;

/// What must be typed to erase everything.
const ERASE: &str = "ERASE";

/// Saves all settings.
pub(crate) fn set(
    settings: &WorkspaceSettings,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let mut settings = settings.clone();
    settings.name = settings.name.trim().to_owned();
    let mut issues = Vec::new();
    if settings.name.chars().count() > NAME_CHARACTERS {
        issues.push(
            Issue::error(IssueCode::TooLong)
                .in_field("name")
                .expected(&NAME_CHARACTERS.to_string()),
        );
    }
    let digits = settings.phone_country.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(1..=3).contains(&settings.phone_country.len()) {
        issues.push(
            Issue::error(IssueCode::UnknownChoice)
                .in_field("phoneCountry")
                .found(&settings.phone_country)
                .expected("86"),
        );
    }
    check_thresholds(&settings.lifecycle, &mut issues);
    check_points(&settings.points, &mut issues);
    check_rfm(&settings.rfm, &mut issues);
    rates::check(&settings, &mut issues);
    if !issues.is_empty() {
        return Err(Fault::invalid(issues).into());
    }
    tx.set_settings(&settings)?;
    let touched = Touched {
        settings: true,
        ..Touched::default()
    };
    Ok((Outcome::Saved, touched))
}

/// Saves the life cycle thresholds.
pub(crate) fn set_lifecycle(
    thresholds: LifecycleThresholds,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let settings = WorkspaceSettings {
        lifecycle: thresholds,
        ..known.settings.clone()
    };
    set(&settings, tx)
}

/// Saves how customers are scored.
pub(crate) fn set_rfm(
    options: &RfmOptions,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let settings = WorkspaceSettings {
        rfm: options.clone(),
        ..known.settings.clone()
    };
    set(&settings, tx)
}

/// What is wrong with options of RFM: the filter's conditions, limits that do not rise.
pub(crate) fn check_rfm(options: &RfmOptions, issues: &mut Vec<Issue>) {
    if let Err(error) = options.conditions() {
        issues.push(
            Issue::error(IssueCode::UnknownChoice)
                .in_field("rfm.filter")
                .found(&error.found)
                .expected(&error.expected),
        );
    }
    if let Some(measure) = options.limits.wrong() {
        issues.push(
            Issue::error(IssueCode::BadNumber)
                .in_field(&format!("rfm.limits.{measure}"))
                .expected("1 < 2 < 3 < 4"),
        );
    }
}

/// A share lies between nothing and all; a worth is above nothing and fits what it is multiplied with.
fn check_points(points: &PointsAssumptions, issues: &mut Vec<Issue>) {
    const WHOLE_PPM: u32 = 1_000_000;
    /// A thousand million minor units for 100 points.
    const WORTH_MOST: i64 = 1_000_000_000;
    let bounds = [
        (
            "points.breakagePpm",
            points.breakage_ppm.map(i64::from),
            0,
            i64::from(WHOLE_PPM),
        ),
        (
            "points.worthOf100",
            points.worth_of_100.map(|worth| worth.0),
            1,
            WORTH_MOST,
        ),
    ];
    for (field, value, least, most) in bounds {
        let code = match value {
            Some(value) if value < least => IssueCode::BadNumber,
            Some(value) if value > most => IssueCode::TooMuch,
            _ => continue,
        };
        issues.push(
            Issue::error(code)
                .in_field(field)
                .found(&value.unwrap_or_default().to_string())
                .expected(&format!("{least} - {most}")),
        );
    }
}

/// What is wrong with thresholds: days that do not rise, multiples that do not.
pub(crate) fn check_thresholds(thresholds: &LifecycleThresholds, issues: &mut Vec<Issue>) {
    let LifecycleThresholds {
        new_days,
        dormant_days,
        churned_days,
        rhythm,
    } = *thresholds;
    for (field, days) in [
        ("lifecycle.newDays", new_days),
        ("lifecycle.dormantDays", dormant_days),
    ] {
        if days >= churned_days {
            issues.push(
                Issue::error(IssueCode::TooMuch)
                    .in_field(field)
                    .found(&days.to_string())
                    .expected(&format!("< {churned_days}")),
            );
        }
    }
    if let Some(OwnRhythm {
        dormant_tenths,
        churned_tenths,
    }) = rhythm
        && (dormant_tenths < 10 || dormant_tenths >= churned_tenths || churned_tenths > 1_000)
    {
        issues.push(
            Issue::error(IssueCode::BadNumber)
                .in_field("lifecycle.rhythm")
                .found(&format!("{dormant_tenths} {churned_tenths}"))
                .expected("10 <= a < b <= 1000"),
        );
    }
    // A hundred years: beyond any business, and days stay far from the end of the calendar.
    if churned_days > 36_500 {
        issues.push(
            Issue::error(IssueCode::TooMuch)
                .in_field("lifecycle.churnedDays")
                .found(&churned_days.to_string())
                .expected("36500"),
        );
    }
}

impl Engine {
    /// Reads settings anew after they were written. Another zone or currency makes every day and sum in the columns
    /// void: they must be loaded again.
    pub(crate) fn take_over_settings(&mut self) -> Result<(), Fault> {
        let settings = self.store.read().settings().or_fault()?;
        if settings.zone != self.settings.zone || settings.currency != self.settings.currency {
            self.forget_columns();
        }
        if settings.rates != self.settings.rates {
            // Points of today follow each write of a customer; this is one of everybody.
            self.today = None;
            self.other_day = None;
            if let Some(columns) = self.columns.as_mut() {
                columns.set_rates(&settings.rates);
            }
        }
        self.convertible = rates::convertible(&settings);
        self.settings = settings;
        Ok(())
    }

    /// Removes every record and setting for good; zone and currency stay, so that the workspace can be used at once.
    pub(crate) fn erase(&mut self, confirm: &str, context: &Context) -> Result<Applied, Fault> {
        if confirm != ERASE {
            return Err(Fault::new(FaultCode::Invalid)
                .at("confirm")
                .found(confirm)
                .expected(ERASE));
        }
        let replica = self.store.read().replica().or_fault()?;
        let settings = WorkspaceSettings {
            name: String::new(),
            lifecycle: LifecycleThresholds::default(),
            points: PointsAssumptions::default(),
            rfm: RfmOptions::default(),
            rates: Vec::new(),
            ..self.settings.clone()
        };
        let new = store::New {
            replica,
            settings,
            now: context.now,
        };
        self.store.erase(new).or_fault()?;
        self.start_over()?;
        Ok(saved(Some(self.everything_changed())))
    }
}
