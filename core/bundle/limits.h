/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every cap of the format in one place; docs/bundle.md repeats this table. */
#pragma once

#define DS_PART_MAX (64u * 1024 * 1024) /* plaintext bytes of one part */
#define DS_CHUNK_MAX (512u * 1024)      /* bytes of one encrypted chunk, all of it */
#define DS_CHUNK_OVERHEAD 42u           /* COSE_Encrypt0 around a full chunk */
#define DS_CHUNK_PLAIN (DS_CHUNK_MAX - DS_CHUNK_OVERHEAD) /* plaintext in a full chunk: 524246 */
#define DS_PART_CHUNKS_MAX 129u            /* chunks of one part: 64 MiB / 524246, up */
#define DS_MANIFEST_MAX (1u * 1024 * 1024) /* bytes, signatures included */
#define DS_MANIFEST_CHUNKS_MAX 4096u
#define DS_MANIFEST_SIGNERS_MAX 8u
#define DS_RECORD_MAX (4u * 1024 * 1024) /* bytes, encrypted */
#define DS_RECORD_RECIPIENTS_MAX 16u
#define DS_RECORD_PARTS_MAX 512u
#define DS_RECORD_FIELDS_MAX 1024u /* fields, and facts, each */
#define DS_RECORD_FINDINGS_MAX 1024u
#define DS_RECORD_DECISIONS_MAX 1024u
#define DS_PART_ATTRIBUTES_MAX 64u
#define DS_DIRECTORY_MAX (1u * 1024 * 1024)
#define DS_DIRECTORY_UNITS_MAX 2048u
#define DS_DIRECTORY_OFFICERS_MAX 4096u
#define DS_DIRECTORY_KEYS_MAX 16u /* recipients, receipt keys, dispatch keys, each */
#define DS_ENROLMENT_MAX (64u * 1024)
#define DS_ENROLMENT_OFFICERS_MAX 64u
#define DS_STATEMENT_MAX (64u * 1024)
#define DS_HANDOVER_MAX (1u * 1024 * 1024) /* bytes, signatures included */
#define DS_HANDOVER_CASES_MAX 4096u
#define DS_HANDOVER_SERIES_MAX 256u
#define DS_ID_MAX 64u             /* bytes of an id: unit, station, trip, part … */
#define DS_NAME_MAX 1024u         /* bytes of a name for people */
#define DS_FIELD_MAX (64u * 1024) /* bytes of one value */
