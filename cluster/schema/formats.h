// Formats: the shapes of names, labels, quantities and the like that the API server insists on.
//
// Each check gives "" for a good text, or what is wrong with it as the rest of a sentence:
// "must be at most 63 characters long". Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kfctl {

std::string check_dns_label(std::string_view text);       // RFC 1123: web-1, at most 63
std::string check_dns_1035_label(std::string_view text);  // as above, but begins with a letter
std::string check_dns_subdomain(std::string_view text);   // labels and dots, at most 253
std::string check_path_segment(std::string_view text);    // of a URL: roles and their bindings
std::string check_label_key(std::string_view text);       // [example.org/]Name.part_1
std::string check_label_value(std::string_view text);     // "" or as a key's name
std::string check_port_name(std::string_view text);       // http-metrics, at most 15
std::string check_data_key(std::string_view text);        // of ConfigMaps and Secrets
/// Of an environment variable; `relaxed` since Kubernetes 1.32: anything printable but '='.
std::string check_env_name(std::string_view text, bool relaxed);
std::string check_time(std::string_view text);    // RFC 3339
std::string check_base64(std::string_view text);  // with padding
std::string check_cron(std::string_view text);    // five fields, or @daily

/// What a quantity ("1Gi", "250m", "1e3") stands for, or nothing if it is none. Close enough to
/// compare; not exact beyond 15 digits.
std::optional<double> read_quantity(std::string_view text);

}  // namespace kfctl
