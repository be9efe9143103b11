"""The errors that Slack's documentation names for a method, so that a test can try each."""

# With every method: https://docs.slack.dev/reference/methods, "Errors" of each page.
_ALWAYS = (
    "access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied "
    "enterprise_is_restricted fatal_error internal_error invalid_arg_name invalid_arguments "
    "invalid_array_arg invalid_auth invalid_charset invalid_form_data invalid_post_type "
    "method_deprecated missing_post_type missing_scope no_permission not_allowed_token_type "
    "not_authed org_login_required ratelimited request_timeout service_unavailable "
    "team_access_not_granted team_added_to_org token_expired token_revoked "
    "two_factor_setup_required"
)
# With every method that takes a message.
_MESSAGE = (
    "channel_not_found invalid_attachments invalid_blocks invalid_blocks_format "
    "markdown_text_conflict msg_too_long no_text too_many_attachments"
)
# With those whose message stays.
_STAYS = (
    "as_user_not_supported external_channel_migrating invalid_metadata_format "
    "invalid_metadata_schema is_inactive metadata_must_be_sent_from_app metadata_too_large "
    "slack_connect_file_link_sharing_blocked team_not_found"
)
ERRORS = {
    "chat.postMessage": (
        f"{_ALWAYS} {_MESSAGE} {_STAYS} attachment_payload_limit_exceeded cannot_dm_bot "
        "cannot_reply_to_message channel_type_not_supported duplicate_channel_not_found "
        "duplicate_message_not_found is_archived message_limit_exceeded messages_tab_disabled "
        "missing_file_data msg_blocks_too_long not_in_channel rate_limited restricted_action "
        "restricted_action_non_threadable_channel restricted_action_read_only_channel "
        "restricted_action_thread_locked restricted_action_thread_only_channel "
        "slack_connect_canvas_sharing_blocked slack_connect_lists_sharing_blocked "
        "thread_not_found too_many_contact_cards user_not_in_channel"
    ).split(),
    "chat.postEphemeral": (
        f"{_ALWAYS} {_MESSAGE} cannot_reply_to_message is_archived is_bot message_limit_exceeded "
        "messages_tab_disabled not_in_channel restricted_action unknown_method user_not_in_channel"
    ).split(),
    "chat.update": (
        f"{_ALWAYS} {_MESSAGE} {_STAYS} block_mismatch cant_broadcast_message cant_update_message "
        "edit_window_closed message_not_found no_dual_broadcast_content_update "
        "streaming_state_conflict update_failed"
    ).split(),
}
