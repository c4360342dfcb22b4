//! Why two customers are, or are not, taken for one.

use serde::{Deserialize, Serialize};

/// A reason; the words for it are made in `text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinReason {
    /// The same e-mail address.
    SameEmail,
    /// E-mail addresses that differ by a slip or in the domain.
    NearEmail,
    /// The same telephone.
    SamePhone,
    /// Telephones that differ in one digit or have two swapped.
    NearPhone,
    /// A telephone with masked digits fits the other.
    MaskedPhone,
    /// The same name.
    SameName,
    /// The same name in traditional and simplified characters.
    SameNameOtherScript,
    /// One name is the pinyin of the other.
    SameNamePinyin,
    /// The same name with its parts in another order.
    SameNameOrder,
    /// Names that sound the same.
    SoundName,
    /// Names that differ by a slip, an initial or a middle name.
    NearName,
    /// The same company but for its legal form or its place.
    SameCompany,
    /// The same birthday.
    SameBirthday,
    /// Birthdays that differ by a slip, or of which one lacks the year.
    NearBirthday,
    /// The same address.
    SameAddress,
    /// The same city.
    SameCity,
    /// Other names.
    OtherName,
    /// Other telephones.
    OtherPhone,
    /// Other e-mail addresses.
    OtherEmail,
    /// Other birthdays.
    OtherBirthday,
    /// Other genders.
    OtherGender,
    /// A person and a company.
    OtherKind,
    /// Several customers share the telephone or e-mail address.
    SharedContact,
}

impl TwinReason {
    /// It speaks for one customer; otherwise for two.
    pub fn speaks_for(self) -> bool {
        match self {
            Self::SameEmail
            | Self::NearEmail
            | Self::SamePhone
            | Self::NearPhone
            | Self::MaskedPhone
            | Self::SameName
            | Self::SameNameOtherScript
            | Self::SameNamePinyin
            | Self::SameNameOrder
            | Self::SoundName
            | Self::NearName
            | Self::SameCompany
            | Self::SameBirthday
            | Self::NearBirthday
            | Self::SameAddress
            | Self::SameCity => true,
            Self::OtherName
            | Self::OtherPhone
            | Self::OtherEmail
            | Self::OtherBirthday
            | Self::OtherGender
            | Self::OtherKind
            | Self::SharedContact => false,
        }
    }
}

/// How sure it is that customers are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinLevel {
    /// 40 to 74: worth a look.
    Possible,
    /// 75 to 94.
    Likely,
    /// 95 and more, by two things that have nothing to do with each other.
    Certain,
}
