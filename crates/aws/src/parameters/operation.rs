//! GetParameters over the runtime that all clients of the SDK share: signatures, timeouts,
//! endpoints and the HTTP client are those of the configuration.
//!
//! The SDK's own client of Systems Manager has 146 operations and would add a tenth to a fresh
//! build (docs/decisions/0028).

use std::collections::BTreeMap;

use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_sdk_ecs::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use futures_util::FutureExt as _;

use super::protocol::{Refused, request, response};

const SERVICE: &str = "ssm";

/// Names in, values by name out.
pub(super) type GetParameters = Operation<Vec<String>, BTreeMap<String, String>, Refused>;

pub(super) fn get_parameters(config: &SdkConfig) -> GetParameters {
    let timeouts = config.timeout_config().cloned();
    let mut operation = Operation::builder()
        .service_name(SERVICE)
        .operation_name("GetParameters")
        .endpoint_url(&endpoint(config))
        .no_retry()
        .timeout_config(timeouts.unwrap_or_else(TimeoutConfig::disabled))
        .runtime_plugin(signing(config));
    if let Some(client) = config.http_client() {
        operation = operation.http_client(client);
    }
    if let Some(sleep) = config.sleep_impl() {
        operation = operation.sleep_impl(sleep);
    }
    if let Some(time) = config.time_source() {
        operation = operation.time_source(time);
    }
    operation.serializer(request).deserializer(response).build()
}

/// Signature Version 4 with the credentials of the configuration.
fn signing(config: &SdkConfig) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signing");
    layer.store_put(SigV4OperationSigningConfig {
        region: config.region().cloned().map(SigningRegion::from),
        name: Some(SigningName::from_static(SERVICE)),
        ..SigV4OperationSigningConfig::default()
    });
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    let cache = config.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build());
    let mut components = RuntimeComponentsBuilder::new("signing")
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
            SCHEME_ID,
        ])))
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_identity_cache(Some(cache));
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

/// The endpoint of the Region. Those of ECS have the same names but for the service, in every
/// partition, so the rules of its client apply.
fn endpoint(config: &SdkConfig) -> String {
    if let Some(url) = config.endpoint_url() {
        return url.to_owned();
    }
    let region = config.region().map(|region| region.as_ref().to_owned()).unwrap_or_default();
    let params = Params::builder()
        .region(region.clone())
        .set_use_fips(config.use_fips())
        .set_use_dual_stack(config.use_dual_stack())
        .build();
    let resolver = DefaultResolver::new();
    let resolved = params.ok().and_then(|params| {
        let endpoint =
            ResolveEndpoint::resolve_endpoint(&resolver, &params).now_or_never()?.ok()?;
        Some(endpoint.url().replacen("ecs", SERVICE, 1))
    });
    resolved.unwrap_or_else(|| format!("https://{SERVICE}.{region}.amazonaws.com"))
}

#[cfg(test)]
mod tests {
    use aws_types::region::Region;

    use super::*;

    #[test]
    fn the_endpoint_is_that_of_the_region_unless_one_is_given() {
        let region = |name| SdkConfig::builder().region(Region::from_static(name));
        for (config, expected) in [
            (region("us-east-1"), "https://ssm.us-east-1.amazonaws.com"),
            (region("cn-north-1"), "https://ssm.cn-north-1.amazonaws.com.cn"),
            (region("us-east-1").use_fips(true), "https://ssm-fips.us-east-1.amazonaws.com"),
            (region("us-east-1").endpoint_url("http://127.0.0.1:1"), "http://127.0.0.1:1"),
        ] {
            assert_eq!(endpoint(&config.build()), expected);
        }
    }
}
