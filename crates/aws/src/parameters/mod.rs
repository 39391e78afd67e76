//! Reads parameters of Systems Manager.

mod operation;
mod protocol;

use std::collections::BTreeMap;

use aws_types::SdkConfig;

use self::operation::{GetParameters, get_parameters};
use crate::share::Share;
use crate::{Call, Error};

/// Names in one call of GetParameters.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
const NAMES: usize = 10;

/// The client of Parameter Store.
#[derive(Debug, Clone)]
pub struct Parameters {
    get: GetParameters,
    reads: Share,
}

impl Parameters {
    /// The most calls of one process in a second. AWS allows an account 40 a second, which all its
    /// users share.
    /// <https://docs.aws.amazon.com/general/latest/gr/ssm.html>
    pub const CALLS_A_SECOND: u32 = 1;

    /// A client for `config`, which [`defaults`](crate::defaults) loads.
    pub fn new(config: &SdkConfig) -> Self {
        Self { get: get_parameters(config), reads: Share::new(1, Self::CALLS_A_SECOND) }
    }

    /// The values of the parameters `names`. A parameter that does not exist is absent. No call is
    /// retried, so that an account that is throttled gets no more calls than that.
    pub fn read<'a>(&'a self, names: &'a [String]) -> Call<'a, BTreeMap<String, String>> {
        Box::pin(async move {
            let mut values = BTreeMap::new();
            for names in names.chunks(NAMES) {
                self.reads.take().await;
                let found = self.get.invoke(names.to_vec()).await;
                values.extend(found.map_err(Error::of("GetParameters"))?);
            }
            Ok(values)
        })
    }
}
