//! The headers that exports are known to have, whole and in their order: where one was cut between two names, and which
//! column it is whose name was damaged.

/// Known headers, as they compare. Of exports whose columns vary the longest is here: what is asked is only what stands
/// beside what.
const HEADERS: [&str; 27] = [
    "creationdate,userids,operations,auditdata",
    "recordid,creationdate,recordtype,operation,userid,auditdata,associatedadminunits,associatedadminunitsnames",
    "recordid,creationdate,recordtype,operation,userid,auditdata,associatedadminunits,associatedadminunitnames",
    "pscomputername,runspaceid,psshowcomputername,recordtype,creationdate,userids,operations,auditdata,resultindex,\
     resultcount,identity,isvalid,objectstate",
    "recordtype,creationdate,userids,operations,auditdata,resultindex,resultcount,identity,isvalid,objectstate",
    "creationdate,userids,recordtype,auditdata",
    "id,createddatetime,auditlogrecordtype,operation,organizationid,usertype,userid,service,objectid,userprincipalname,\
     clientip,administrativeunits,auditdata",
    "date (utc),request id,user agent,correlation id,user id,user,username,user type,cross tenant access type,\
     incoming token type,authentication protocol,unique token identifier,original transfer method,client credential type,\
     token protection - sign in session,token protection - sign in session statuscode,application,application id,\
     app owner tenant id,resource,resource id,resource tenant id,resource owner tenant id,home tenant id,home tenant name,\
     ip address,location,status,sign-in error code,failure reason,client app,device id,browser,operating system,compliant,\
     managed,join type,multifactor authentication result,multifactor authentication auth method,\
     multifactor authentication auth detail,authentication requirement,sign-in identifier,session id,\
     ip address (seen by resource),through global secure access,global secure access ip address,\
     autonomous system number,flagged for review,token issuer type,incoming token type,token issuer name,latency,\
     conditional access,managed identity type,associated resource id,federated token id,federated token issuer",
    "date (utc),request id,correlation id,service principal id,service principal name,credential key id,\
     credential thumbprint,application,application id,app owner tenant id,resource,resource id,resource tenant id,\
     resource owner tenant id,home tenant id,home tenant name,ip address,location,status,sign-in error code,\
     failure reason,conditional access",
    "date (utc),correlationid,service,category,activity,result,resultreason,user agent,actortype,actordisplayname,\
     actorobjectid,actoruserprincipalname,ipaddress,actorhometenantid,actorhometenantname,actorserviceprincipalid,\
     actorserviceprincipalname,target1type,target1displayname,target1objectid,target1userprincipalname,\
     target1modifiedproperty1name,target1modifiedproperty1oldvalue,target1modifiedproperty1newvalue",
    "pscomputername,runspaceid,psshowcomputername,organization,messageid,received,senderaddress,recipientaddress,subject,\
     status,toip,fromip,size,messagetraceid,startdate,enddate,index",
    "organization,messageid,received,senderaddress,recipientaddress,subject,status,toip,fromip,size,messagetraceid,\
     startdate,enddate,index",
    "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,\
     original_client_ip,directionality,connector_id,delivery_priority",
    "date_time_utc,client_ip,client_hostname,server_ip,server_hostname,source_context,connector_id,source,event_id,\
     internal_message_id,message_id,network_message_id,recipient_address,recipient_status,total_bytes,recipient_count,\
     related_recipient_address,reference,message_subject,sender_address,return_path,message_info,directionality,tenant_id,\
     original_client_ip,original_server_ip,custom_data",
    "objectmodified,searchobject,modifiedobjectresolvedname,cmdletname,cmdletparameters,modifiedproperties,caller,\
     externalaccess,succeeded,error,clientip,rundate,originatingserver,identity,isvalid,objectstate",
    "operation,operationresult,logontype,externalaccess,destfolderid,destfolderpathname,folderid,folderpathname,foldername,\
     memberrights,membersid,memberupn,clientinfostring,clientipaddress,clientip,clientmachinename,clientprocessname,\
     clientversion,internallogontype,mailboxownerupn,mailboxownersid,destmailboxownerupn,destmailboxownersid,\
     destmailboxguid,crossmailboxoperation,logonuserdisplayname,logonusersid,sourceitems,sourcefolders,sourceitemidslist,\
     sourceitemsubjectslist,sourceitemattachmentslist,sourceitemfolderpathnameslist,sourcefolderpathnameslist,\
     sourceiteminternetmessageidslist,itemid,itemsubject,itemattachments,iteminternetmessageid,dirtyproperties,\
     originatingserver,sessionid,operationproperties,auditoperationscountinaggregatedrecord,aggregatedrecordfoldersdata,\
     appid,clientappid,itemisrecord,itemcompliancelabel,mailboxguid,mailboxresolvedownername,lastaccessed,identity,isvalid,\
     objectstate",
    "id,isdeleted,isprocessing,riskdetail,risklastupdateddatetime,risklevel,riskstate,userdisplayname,userprincipalname,\
     additionalproperties",
    "activity,activitydatetime,additionalinfo,correlationid,detecteddatetime,ipaddress,id,lastupdateddatetime,city,\
     countryorregion,state,requestid,riskdetail,riskeventtype,risklevel,riskstate,detectiontimingtype,source,\
     tokenissuertype,userdisplayname,userid,userprincipalname,additionalproperties",
    "username,rulename,enabled,priority,ruleidentity,stopprocessingrules,copytofolder,movetofolder,redirectto,forwardto,\
     forwardasattachmentto,applycategory,markimportance,markasread,deletemessage,softdeletemessage,from,\
     subjectcontainswords,subjectorbodycontainswords,bodycontainswords,hasattachment,description,inerror,errortype",
    "userprincipalname,rulename,sequence,enabled,forwardto,redirectto,forwardasattachment,delete,permanentdelete,\
     movetofolder,stopprocessingrules,markasread,from,subjectcontains,bodycontains,hasattachments,isimportant,ruleid",
    "name,userprincipalname,forwardingsmtpaddress,forwardingaddress,delivertomailboxandforward",
    "name,description,createdby,whenchanged,state,priority,mode",
    "user,mfastatus,email,fido2,app,password,phone,softwareoath,hellobusiness,temporaryaccesspass,\
     certificatebasedauthconfiguration,qrcodepin",
    "userprincipalname,displayname,id,department,jobtitle,accountenabled,createddatetime,lastpasswordchangedatetime,\
     usertype,onpremisessyncenabled,mail,lastsignindatetime,lastnoninteractivesignindatetime,identityprovider,city,country,\
     usagelocation",
    "tenantid,application,userdomain,useragent,recordtype,timegenerated [utc],operation,organizationid,\
     organizationid_,usertype,userkey,officeworkload,resultstatus,resultreasontype,officeobjectid,userid,userid_,\
     clientip,clientip_,scope,site_,itemtype,eventsource,source_name,machinedomaininfo,machineid,site_url,\
     site_url_,sourcerelativeurl,sourcerelativeurl_,sourcefilename,sourcefilename_,sourcefileextension,\
     destinationrelativeurl,destinationfilename,destinationfileextension,usersharedwith,sharingtype,customevent,\
     event_data,modifiedobjectresolvedname,parameters,externalaccess,originatingserver,organizationname,\
     logon_type,internallogontype,mailboxguid,mailboxownerupn,mailboxownersid,mailboxownermasteraccountsid,\
     logonusersid,logonuserdisplayname,clientinfostring,client_ipaddress,clientmachinename,clientprocessname,\
     clientversion,folder,crossmailboxoperations,destmailboxid,destmailboxownerupn,destmailboxownersid,\
     destmailboxownermasteraccountsid,destfolder,folders,affecteditems,item,modifiedproperties,sendasusersmtp,\
     sendasusermailboxguid,sendonbehalfofusersmtp,sendonbehalfofusermailboxguid,extendedproperties,client,\
     loginstatus,actor,actorcontextid,actoripaddress,intersystemsid,intrasystemid,supportticketid,\
     targetcontextid,datacentersecurityeventtype,effectiveorganization,elevationtime [utc],elevationapprover,\
     elevationapprovedtime [utc],elevationrequestid,elevationrole,elevationduration,genericinfo,sourcesystem,\
     officeid,sourcerecordid,azureactivedirectory_eventtype,aadtarget,start_time [utc],officetenantid,\
     officetenantid_,targetuserorgroupname,targetuserorgrouptype,messageid,members,teamname,teamguid,channeltype,\
     channelname,channelguid,extraproperties,addontype,addonname,tabtype,name,oldvalue,newvalue,itemname,\
     chatthreadid,chatname,communicationtype,aadgroupid,addonguid,appdistributionmode,targetuserid,\
     operationscope,azureadappid,operationproperties,appid,clientappid,type,_resourceid",
    "tenantid,sourcesystem,timegenerated [utc],resourceid,operationname,operationversion,category,resulttype,\
     resultsignature,resultdescription,durationms,correlationid,resource,resourcegroup,resourceprovider,identity,level,\
     location,alternatesigninname,appdisplayname,appid,authenticationcontextclassreferences,authenticationdetails,\
     appliedeventlisteners,authenticationmethodsused,authenticationprocessingdetails,authenticationrequirement,\
     authenticationrequirementpolicies,clientappused,conditionalaccesspolicies,conditionalaccessstatus,\
     createddatetime [utc],devicedetail,isinteractive,id,ipaddress,isrisky,locationdetails,mfadetail,\
     networklocationdetails,originalrequestid,processingtimeinmilliseconds,riskdetail,riskeventtypes,riskeventtypes_v2,\
     risklevelaggregated,risklevelduringsignin,riskstate,resourcedisplayname,resourceidentity,resourceserviceprincipalid,\
     serviceprincipalid,serviceprincipalname,status,tokenissuername,tokenissuertype,useragent,userdisplayname,userid,\
     userprincipalname,aadtenantid,usertype,flaggedforreview,ipaddressfromresourceprovider,signinidentifier,\
     signinidentifiertype,resourcetenantid,hometenantid,uniquetokenidentifier,\
     sessionlifetimepolicies,autonomoussystemnumber,authenticationprotocol,crosstenantaccesstype,\
     appliedconditionalaccesspolicies,risklevel,type",
    "tenantid,sourcesystem,timegenerated [utc],resourceid,operationname,operationversion,category,resulttype,\
     resultsignature,resultdescription,durationms,correlationid,resource,resourcegroup,resourceprovider,identity,level,\
     location,additionaldetails,id,initiatedby,loggedbyservice,result,resultreason,targetresources,aadtenantid,\
     activitydisplayname,activitydatetime [utc],aadoperationtype,type",
];

/// Each known header's names.
fn known() -> impl Iterator<Item = Vec<&'static str>> {
    HEADERS.iter().map(|header| header.split(',').collect())
}

/// Whether the names are the beginning of a header that goes on, and no whole one; behind the last there may be the
/// separator already.
pub(super) fn goes_on(columns: &[String]) -> bool {
    let names = match columns {
        [names @ .., last] if last.is_empty() => names,
        names => names,
    };
    let begins = |header: &Vec<&str>| header.len() >= names.len() && names.iter().zip(header).all(|(a, b)| a == b);
    let mut longer = known().filter(|header| !names.is_empty() && begins(header)).map(|header| header.len());
    longer.next().is_some_and(|first| first > names.len()) && longer.all(|length| length > names.len())
}

/// Gives columns whose name was damaged the name that they must have had, which is nearly theirs and stands beside their
/// neighbour's in a known header, and takes two apart that lost the separator between them. What stood there is returned.
pub(super) fn mend(columns: &mut Vec<String>) -> Vec<String> {
    let Some(header) = nearest(columns) else { return Vec::new() };
    let joined = (0..columns.len()).find_map(|at| Some((at, two(columns.get(at)?, &header)?)));
    if let Some((at, two)) = joined.filter(|(_, two)| two.iter().all(|name| !columns.iter().any(|own| own == name))) {
        return columns.splice(at..=at, two.map(str::to_owned)).collect();
    }
    let meant: Vec<_> = (0..columns.len()).map(|at| meant(columns, at, &header)).collect();
    let mut mended = Vec::new();
    for (column, meant) in columns.iter_mut().zip(meant) {
        if let Some(meant) = meant {
            mended.push(std::mem::replace(column, meant.to_owned()));
        }
    }
    mended
}

/// So many columns may be unknown: a header of which more are is in another language, or another export's.
const UNKNOWN: usize = 3;

/// The known header that has most of the columns, the first of equals; it must have half of them, and all but a few.
fn nearest(columns: &[String]) -> Option<Vec<&'static str>> {
    let mut best = (1, None);
    for header in known() {
        let shared = columns.iter().filter(|column| header.contains(&column.as_str())).count();
        if shared > best.0 && shared * 2 >= columns.len() && columns.len() - shared <= UNKNOWN {
            best = (shared, Some(header));
        }
    }
    best.1
}

/// Which column of the header the one at a place must be, where its name is that of none.
fn meant(columns: &[String], at: usize, header: &[&'static str]) -> Option<&'static str> {
    let own = columns.get(at)?;
    if known().any(|header| header.contains(&own.as_str())) {
        return None;
    }
    let beside = |column: Option<usize>, name: Option<usize>| match (
        column.and_then(|at| columns.get(at)),
        name.and_then(|at| header.get(at)),
    ) {
        (Some(column), Some(name)) => column == name,
        // Both stand at the end.
        (None, None) => true,
        _ => false,
    };
    let mut fitting = header.iter().enumerate().filter(|(place, name)| {
        let neighbours = [beside(at.checked_sub(1), place.checked_sub(1)), beside(Some(at + 1), Some(place + 1))];
        let absent = !columns.iter().any(|column| column == *name);
        absent
            && match neighbours {
                [true, true] => is_illegible(own) || is_nearly(own, name),
                [false, false] => false,
                _ => is_nearly(own, name),
            }
    });
    let (_, name) = fitting.next()?;
    fitting.next().is_none().then_some(*name)
}

/// The two names, side by side in the header, that a name is with one letter, or none, in the separator's place.
fn two(own: &str, header: &[&'static str]) -> Option<[&'static str; 2]> {
    let is = |[first, second]: &[&str; 2]| {
        let between = own.strip_prefix(first).and_then(|rest| rest.strip_suffix(second));
        between.is_some_and(|between| between.chars().count() < 2)
    };
    header.windows(2).filter_map(|pair| pair.first_chunk().copied()).find(is)
}

/// Whether nothing of a name, or not all of its letters, can be read.
fn is_illegible(name: &str) -> bool {
    name.is_empty() || name.chars().any(is_lost)
}

fn is_lost(letter: char) -> bool {
    letter == '\u{fffd}' || letter.is_control()
}

/// Whether a name is another with a letter or two damaged. One that has other blanks and marks, or is in the plural, is
/// another export's way to write.
fn is_nearly(own: &str, name: &str) -> bool {
    let bare = |name: &str| name.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    let (own_bare, bare) = (bare(own), bare(name));
    let length = bare.chars().count();
    let plural = own_bare.strip_prefix(bare.as_str()) == Some("s") || bare.strip_prefix(own_bare.as_str()) == Some("s");
    let most = if length < 10 { 1 } else { 2 };
    length > 3 && own_bare != bare && !plural && damaged_letters(own, name) <= most
}

/// How many letters of a name are others, too many or missing. Those that cannot be read count for nothing, unless most
/// are so.
fn damaged_letters(own: &str, name: &str) -> usize {
    let (own, name): (Vec<char>, Vec<char>) = (own.chars().collect(), name.chars().collect());
    let lost = own.iter().filter(|letter| is_lost(**letter)).count();
    if own.len().abs_diff(name.len()) > 2 || lost * 3 > own.len() {
        return usize::MAX;
    }
    let mut above: Vec<usize> = (0..=name.len()).collect();
    for (row, letter) in own.iter().enumerate() {
        let mut current = vec![row + 1];
        for (at, other) in name.iter().enumerate() {
            let cost = |place: usize| above.get(place).copied().unwrap_or(usize::MAX / 2);
            let other_letter = usize::from(letter != other && !is_lost(*letter));
            let left = current.last().copied().unwrap_or_default();
            current.push((cost(at) + other_letter).min(cost(at + 1) + 1).min(left + 1));
        }
        above = current;
    }
    above.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Vec<String> {
        header.split(',').map(str::to_owned).collect()
    }

    const V2: &str = HEADERS[1];

    #[test]
    fn a_header_that_ends_between_two_names_goes_on() {
        for cut in
            ["recordid,creationdate", "recordid,creationdate,recordtype,operation,userid,auditdata,", "date (utc)"]
        {
            assert!(goes_on(&columns(cut)), "{cut}");
        }
        let select = "creationdate,userids,recordtype,auditdata";
        let others = ["recordid,creationdate,auditdata", "when,who", ""];
        for whole in HEADERS.iter().chain(&others).chain([&select]) {
            assert!(!goes_on(&columns(whole)), "{whole}");
        }
    }

    #[test]
    fn a_damaged_name_is_known_by_its_letters_and_its_neighbours() {
        for damaged in [
            V2.replace("userid", "us\u{fffd}rid"),
            V2.replace("userid", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}d"),
            V2.replace("userid", ""),
            V2.replace("auditdata", "auditdat"),
            V2.replace("auditdata", "audixdata"),
            V2.replace("recordid", "recortid").replace("operation", "oberation"),
            V2.replace("recordid,", "recordid\u{fffd}"),
            V2.replace("auditdata,", "auditdata"),
        ] {
            let mut columns = columns(&damaged);
            assert!(!mend(&mut columns).is_empty(), "{damaged}");
            assert_eq!(columns.join(","), V2, "{damaged}");
        }
    }

    #[test]
    fn other_columns_keep_their_names() {
        for other in [
            V2.to_owned(),
            V2.replace("userid", "userids"),
            V2.replace("auditdata", "audit data"),
            V2.replace("associatedadminunits,", ""),
            V2.replace("userid", "actor"),
            V2.replace("userid", "benutzer"),
            format!("{V2},operations"),
            format!("userrid,when,{V2}"),
            "when,who,auditdata".to_owned(),
            HEADERS[7]
                .replace("user agent", "agent utilisateur")
                .replace("username", "nom d'utilisateur")
                .replace("location,status,", "emplacement,statut,"),
        ] {
            let mut columns = columns(&other);
            assert!(mend(&mut columns).is_empty(), "{other}");
        }
    }
}
