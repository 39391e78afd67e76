//! Addresses and networks of IPv4 and IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses of a `cidr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Network {
    first: IpAddr,
    last: IpAddr,
}

/// The address that a text spells. An IPv6 address that maps an IPv4 one is that one.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    match text.parse().ok()? {
        // Event Ruler takes no dots there.
        IpAddr::V6(_) if text.contains('.') => None,
        address => Some(address.to_canonical()),
    }
}

impl Network {
    /// Read an address and the number of its leading bits that count, up to 31 or 127.
    pub(super) fn read(cidr: &str) -> Result<Self, String> {
        let (text, bits) = match cidr.trim_end_matches('/').split_once('/') {
            Some((text, bits)) if !bits.contains('/') => (text, bits),
            _ => return Err("Malformed CIDR, one '/' required".to_owned()),
        };
        let Ok(bits) = bits.parse::<i32>() else {
            return Err("Malformed CIDR, mask bits must be an integer".to_owned());
        };
        let Ok(bits) = u32::try_from(bits) else {
            return Err("Malformed CIDR, mask bits must not be negative".to_owned());
        };
        let address = address(text).ok_or_else(|| malformed(text))?;
        match address {
            IpAddr::V4(address) => {
                let hosts = u32::MAX.checked_shr(bits).ok_or("IPv4 mask bits must be < 32")?;
                let address = u32::from(address);
                Ok(Self {
                    first: Ipv4Addr::from(address & !hosts).into(),
                    last: Ipv4Addr::from(address | hosts).into(),
                })
            }
            IpAddr::V6(address) => {
                let hosts = u128::MAX.checked_shr(bits).ok_or("IPv6 mask bits must be < 128")?;
                let address = u128::from(address);
                Ok(Self {
                    first: Ipv6Addr::from(address & !hosts).into(),
                    last: Ipv6Addr::from(address | hosts).into(),
                })
            }
        }
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        address(text).is_some_and(|address| (self.first..=self.last).contains(&address))
    }
}

/// AWS has one message for a text that looks like an address, and another for any other text.
fn malformed(text: &str) -> String {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let looks_v4 = text.split('.').count() == 4 && text.split('.').all(is_number);
    let looks_v6 = text.contains(':') && text.bytes().all(|b| b == b':' || b.is_ascii_hexdigit());
    let kind = if looks_v4 || looks_v6 { "Invalid" } else { "Nonstandard" };
    format!("{kind} IP address: {text}")
}
